import { release, userInfo } from 'node:os'
import type { AppState } from '#shared/console-api/state.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { plural } from '#shared/text/plural.ts'
import { homeOfUser } from '../base/home-folder.ts'
import { isThisComputer } from '../base/loopback.ts'
import { failureWords } from './failure-words.ts'
import { type PersonalWords, redactPersonal } from './redaction.ts'

export interface DiagnosticsFacts {
  readonly state: AppState
  readonly settings: Settings
  readonly logTail: string
  readonly computer: ComputerFacts
  readonly personal: PersonalWords
}

export interface ComputerFacts {
  /** Such as `linux x64 6.12.0`. */
  readonly system: string
  /** Versions of Node and, on the desktop, of Electron and Chromium. */
  readonly versions: Readonly<Record<string, string | undefined>>
}

/** Text for a public bug report. Contains counts and choices, but no names of sites, keys and models. */
export function diagnosticsText({ state, settings, logTail, computer, personal }: DiagnosticsFacts): string {
  const { gateway, upstream } = state
  const { node, electron, chrome } = computer.versions
  const lines = [
    `Latchkey ${state.version}, ${state.shell}`,
    `System: ${computer.system}`,
    `Node ${node}${electron === undefined ? '' : `, Electron ${electron}, Chromium ${chrome}`}`,
    `Gateway: ${gateway.status}, port ${gateway.port}${gateway.problem === null ? '' : `: ${gateway.problem.message}`}`,
    `Upstream: ${upstreamWords(upstream)}`,
    `Keys: ${state.keys}; sites waiting: ${state.pendingOrigins}`,
    `Settings: ${JSON.stringify(countedLists(settings))}`,
    `Failures: ${failureWords(state.failures) ?? 'none'}`,
    ...state.notices.map(({ message }) => `Notice: ${message}`),
    '',
    logTail === '' ? 'The log is not kept in a file here.' : `The log's last lines:\n${logTail.trimEnd()}`,
  ]
  return `${redactPersonal(lines.join('\n'), personal)}\n`
}

/** The facts about this computer for `diagnosticsText`, and the words that must not be in it. */
export function thisComputer(dataDir: string): { computer: ComputerFacts; personal: PersonalWords } {
  const { platform, arch, versions } = process
  return {
    computer: { system: `${platform} ${arch} ${release()}`, versions },
    personal: { folders: [homeOfUser() ?? '', dataDir].filter((folder) => folder !== ''), userName: ownName() },
  }
}

/** In a container the user may have no entry, and then there is no name to hide. */
function ownName(): string {
  try {
    return userInfo().username
  } catch {
    return ''
  }
}

function upstreamWords({ url, reachable, version, models, sample, problem }: AppState['upstream']): string {
  const where = isThisComputer(URL.parse(url)?.hostname ?? '') ? 'on this computer' : 'on another computer'
  if (problem !== null) return `${where}, ${reachable ? 'answers' : 'does not answer'} (${problem.code})`
  if (!reachable) return `${where}, does not answer`
  const what = sample ? 'the sample' : `version ${version ?? 'unknown'}, ${plural(models.length, 'model')}`
  return `${where}, ${what}`
}

/** Settings with hosts, addresses and paths. The text gives only their number, or whether they are set. */
const ADDRESSES: ReadonlySet<string> = new Set<keyof Settings>([
  'upstream',
  'upstreamCertificate',
  'lanCertificateFile',
  'lanKeyFile',
])

function countedLists(settings: Settings): object {
  const shown = (name: string, value: unknown) => {
    if (Array.isArray(value)) return value.length
    return ADDRESSES.has(name) ? value !== null : value
  }
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, shown(name, value)]))
}
