import { PersonError } from '#shared/text/person-error.ts'

/** Where figures are pushed, and how. */
export interface OtlpTarget {
  /** The receiver's address for metrics, such as `http://collector:4318/v1/metrics`. */
  readonly url: string
  readonly intervalMs: number
  /** A file with headers for the receiver, such as its token; null: none. */
  readonly headersFile: string | null
  /** True if the figures may name keys by their ids. */
  readonly namesKeys: boolean
}

type Env = Readonly<Record<string, string | undefined>>

const ENDPOINT = 'LATCHKEY_OTLP_ENDPOINT'
const INTERVAL = 'LATCHKEY_OTLP_INTERVAL_SECONDS'
const HEADERS_FILE = 'LATCHKEY_OTLP_HEADERS_FILE'
const KEY_IDS = 'LATCHKEY_OTLP_KEY_IDS'

const DEFAULT_INTERVAL_S = 60
const SHORTEST_INTERVAL_S = 1
const LONGEST_INTERVAL_S = 3600

/** Without a user name, a query and a fragment: an address can appear in a log, a secret must not. */
const ADDRESS = /^https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*)?$/i

/**
 * Reads the environment; null if nothing is to be pushed. These are no settings, because an admin can change settings
 * from elsewhere and could then send the receiver's token to a server of their own. Throws a PersonError `otlp_wrong`.
 */
export function readOtlpTarget(env: Env): OtlpTarget | null {
  const endpoint = env[ENDPOINT]?.trim() ?? ''
  if (endpoint === '') return null
  if (!ADDRESS.test(endpoint)) throw wrong(`${ENDPOINT} looks like http://collector:4318.`)
  return {
    url: `${endpoint.replace(/\/+$/, '')}/v1/metrics`,
    intervalMs: intervalSeconds(env[INTERVAL]) * 1000,
    headersFile: env[HEADERS_FILE] || null,
    namesKeys: onOff(env[KEY_IDS]),
  }
}

function intervalSeconds(text: string | undefined): number {
  if (!text) return DEFAULT_INTERVAL_S
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (seconds >= SHORTEST_INTERVAL_S && seconds <= LONGEST_INTERVAL_S) return seconds
  throw wrong(`${INTERVAL} must be a whole number from ${SHORTEST_INTERVAL_S} to ${LONGEST_INTERVAL_S}.`)
}

function onOff(text: string | undefined): boolean {
  if (!text || text === 'off') return false
  if (text === 'on') return true
  throw wrong(`${KEY_IDS} must be on or off.`)
}

function wrong(sentence: string): PersonError {
  return new PersonError('otlp_wrong', sentence)
}
