import { fstatSync } from 'node:fs'
import { isOfUse } from '#shared/console-api/state.ts'
import type { Serving } from '../serving.ts'
import type { CommandContext } from './command-context.ts'
import { lanWarnings } from './lan-warnings.ts'

/** What `serve` prints when it is ready. */
export interface Announcement {
  readonly out: readonly string[]
  readonly warnings: readonly string[]
}

/** A gateway that runs, in this process or in several. */
export interface Served {
  readonly announcement: Announcement
  /** A new link to the console. */
  consoleLink(): string
  /** Rejects if it cannot go on. */
  readonly lost: Promise<never>
  stop(): Promise<void>
}

export interface AnnouncementStyle {
  readonly json: boolean
  readonly demo: boolean
  readonly env: CommandContext['env']
}

export function announcementOf(serving: Serving, style: AnnouncementStyle): Announcement {
  const { gateway, sharedConsole, notices } = serving.app.state()
  const warnings = [...notices.map(({ message }) => message), ...lanWarnings(gateway)]
  if (sharedConsole.problem !== null) warnings.push(sharedConsole.problem.message)
  return { out: style.json ? [readyLine(serving)] : linesOf(serving, style), warnings }
}

function readyLine(serving: Serving): string {
  return JSON.stringify({
    event: 'ready',
    gateway: serving.gatewayUrl,
    console: serving.consoleLink(),
    upstream: serving.app.state().upstream.url,
    dataDir: serving.dataDir,
  })
}

function linesOf(serving: Serving, style: AnnouncementStyle): string[] {
  const { gateway, sharedConsole, keys } = serving.app.state()
  return [
    'Latchkey is running. Stop it with Ctrl+C.\n',
    `  Address for apps  ${gateway.address}`,
    ...gateway.lan.map((address) => `  For other devices ${address}`),
    `  Console           ${consoleLine(serving, style)}`,
    ...sharedConsole.urls.map((url) => `  Console, shared   ${url}`),
    `  Upstream          ${upstreamLine(serving, style)}\n`,
    ...(keys === 0 ? ['No keys yet. Make one in the console, or with: latchkey key create --name NAME'] : []),
  ]
}

/**
 * The link is not printed to the journal, because others can read the journal and the link works for the first person
 * who opens it.
 */
function consoleLine(serving: Serving, { env }: AnnouncementStyle): string {
  return printsToJournal(env) ? 'get a link with: latchkey console' : serving.consoleLink()
}

function upstreamLine(serving: Serving, { demo }: AnnouncementStyle): string {
  const { upstream } = serving.app.state()
  if (demo) return `${upstream.url} (the built-in sample: canned answers, no model)`
  if (!isOfUse(upstream)) return `${upstream.url} — ${upstream.problem?.message ?? 'Ollama does not answer. Start it.'}`
  return upstream.version === null ? upstream.url : `${upstream.url} (Ollama ${upstream.version})`
}

/**
 * True if the output goes to systemd's journal, which stores it and shows it to others. systemd.exec(5):
 * $JOURNAL_STREAM has device and inode, because child programs whose output goes elsewhere inherit the variable.
 */
function printsToJournal(env: Readonly<Record<string, string | undefined>>): boolean {
  const stream = env['JOURNAL_STREAM']
  if (stream === undefined) return false
  const { dev, ino } = fstatSync(process.stdout.fd, { bigint: true })
  return stream === `${dev}:${ino}`
}
