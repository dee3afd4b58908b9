import { availableParallelism } from 'node:os'
import { InvalidArgumentError } from 'commander'
import { isLinkAppId, LINK_APP_IDS } from '#shared/keys/link-apps.ts'
import { DEFAULT_SCOPES, SCOPES, type Scope } from '#shared/keys/scopes.ts'
import { parseOrigin } from '#shared/origins/origin.ts'
import { type Settings, settingsPatchSchema, upstreamUrlSchema } from '#shared/settings/settings.ts'
import { TrustedProxies } from '../../console-server/forwarded.ts'
import { parseDuration } from './time-words.ts'

/** Parsers of option values. Each throws commander's InvalidArgumentError, which ends the command as wrong usage. */

export function list(text: string): string[] {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
  if (entries.length === 0) throw new InvalidArgumentError('Enter at least one value; separate several with commas.')
  return entries
}

export function scopes(text: string): Scope[] {
  return list(text).map((entry) => {
    const scope = SCOPES.find((one) => one === entry)
    if (scope !== undefined) return scope
    throw new InvalidArgumentError(`Scopes are ${SCOPES.join(', ')}; the default is ${DEFAULT_SCOPES.join(',')}.`)
  })
}

export function positiveWhole(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Enter a whole number of at least 1.')
}

const MOST_WORKERS = 64

/** The number of processes; `auto` is one for each core. */
export function workers(text: string): number {
  if (text === 'auto') return Math.min(MOST_WORKERS, availableParallelism())
  if (/^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= MOST_WORKERS) return Number(text)
  throw new InvalidArgumentError(`Enter a number from 1 to ${MOST_WORKERS}, or auto.`)
}

const LONGEST_SECONDS = 3_600

/** Milliseconds of a short time in seconds. */
export function seconds(text: string): number {
  if (/^\d{1,4}$/.test(text) && Number(text) <= LONGEST_SECONDS) return Number(text) * 1000
  throw new InvalidArgumentError(`Enter a whole number of seconds, at most ${LONGEST_SECONDS}.`)
}

export function limit(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Enter a whole number of at least 1, or none.')
}

export function origin(text: string): string {
  const parsed = parseOrigin(text)
  if (parsed !== undefined) return parsed
  throw new InvalidArgumentError('An origin looks like https://example.org or chrome-extension://abcdefgh.')
}

export function linkApp(text: string): string {
  const id = text.trim().toLowerCase()
  if (isLinkAppId(id)) return id
  throw new InvalidArgumentError(`Apps are ${LINK_APP_IDS.join(', ')}; or any.`)
}

export function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new InvalidArgumentError('Enter a number from 0 to 65535; 0 means any free port.')
}

/** Milliseconds UTC of a time, or of a day's beginning in this computer's time zone. */
export function moment(text: string): number {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text)
  const time = Date.parse(isDay ? `${text}T00:00` : text)
  if (/^\d{4}-\d\d-\d\d/.test(text) && Number.isFinite(time)) return time
  throw new InvalidArgumentError('Enter a day such as 2026-08-01, or a time such as 2026-08-01T13:00.')
}

/** A duration in milliseconds. */
export function duration(text: string): number {
  const milliseconds = parseDuration(text)
  if (milliseconds === undefined) throw new InvalidArgumentError('Enter a duration such as 12h, 30d or 4w.')
  return milliseconds
}

/** Milliseconds UTC of a future time, given as a duration from now, a day or a time. */
export function expiry(text: string, now: () => number): number {
  const length = parseDuration(text)
  const time = length === undefined && /^\d{4}-/.test(text) ? moment(text) : now() + (length ?? 0)
  if (time > now()) return time
  throw new InvalidArgumentError('Enter a future time, such as 12h, 30d, 4w or 2027-01-31.')
}

export function upstreamUrl(text: string): string {
  const url = upstreamUrlSchema.safeParse(text)
  if (url.success) return url.data
  throw new InvalidArgumentError('An upstream looks like http://127.0.0.1:11434.')
}

/** The value of the setting `lan` for a listen address. */
export function host(text: string): Settings['lan'] {
  if (/^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/.test(text)) return []
  if (text === '0.0.0.0' || text === '::') return 'all'
  const lan = settingsPatchSchema.shape.lan.safeParse([text])
  if (lan.success && lan.data !== undefined) return lan.data
  throw new InvalidArgumentError(
    'Enter 127.0.0.1 for this computer only, 0.0.0.0 for all its networks, or one of its addresses.',
  )
}

/** Addresses and networks of proxies. */
export function proxies(text: string): string[] {
  const entries = list(text)
  try {
    new TrustedProxies(entries)
  } catch {
    throw new InvalidArgumentError('Enter addresses such as 127.0.0.1 or networks such as 10.0.0.0/8.')
  }
  return entries
}
