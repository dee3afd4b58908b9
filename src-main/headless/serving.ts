import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { PersonError } from '#shared/text/person-error.ts'
import type { App } from '../app/app.ts'
import { createApp } from '../app/create-app.ts'
import type { Failures, Host } from '../base/host.ts'
import { openControlChannel } from '../control/control-channel.ts'
import { createLog } from '../observability/log.ts'
import { startDemo } from '../sample/demo.ts'
import { prepareDataDir } from '../settings/data-dir.ts'
import { awaitDatabase } from './await-database.ts'
import type { CommandContext } from './commands/command-context.ts'
import { CONSOLE_LINK_PATH } from './commands/console-command.ts'
import { createHeadlessHost, type HostWorker } from './headless-host.ts'

export interface ServeOptions {
  readonly dataDir: string
  readonly demo: boolean
  /** Default: the port in the settings. */
  readonly consolePort?: number
  /** Addresses and networks of proxies whose headers are believed; empty: none. */
  readonly behindProxy: readonly string[]
  /** How long a stop goes on serving, so that balancers notice it. */
  readonly drainDelayMs: number
  /** How long a stop then waits for running requests. */
  readonly drainTimeoutMs: number
  readonly overrides: Host['overrides']
  /** Absent if this is the only process. */
  readonly worker?: HostWorker
}

/** A running gateway with its console. */
export interface Serving {
  readonly app: App
  readonly failures: Failures
  readonly dataDir: string
  /** The gateway's address for programs on this computer: `http://127.0.0.1:11500`. */
  readonly gatewayUrl: string
  /** Returns a new link with a one-time token. */
  consoleLink(): string
  /** Drains, then closes everything. */
  stop(): Promise<void>
}

/** Starts the gateway and the console. If one fails, closes the other and rejects with a PersonError. */
export async function startServing(options: ServeOptions, context: CommandContext): Promise<Serving> {
  const dataDir = prepareDataDir(options.dataDir)
  const started = new AsyncDisposableStack()
  try {
    return await startParts(options, { dataDir, context, started })
  } catch (error) {
    await started.disposeAsync()
    throw error
  }
}

async function startParts(
  options: ServeOptions,
  { dataDir, context, started }: { dataDir: string; context: CommandContext; started: AsyncDisposableStack },
): Promise<Serving> {
  const overrides = options.demo ? { ...options.overrides, upstream: await openDemo(started) } : options.overrides
  const { worker } = options
  const base = worker === undefined ? null : { worker: worker.number }
  const log = createLog({ write: (line) => context.warn(line.trimEnd()) }, 'warn', base)
  const host = createHeadlessHost({
    dataDir,
    env: context.env,
    log,
    overrides,
    ...(worker === undefined ? {} : { worker }),
  })
  const app = await awaitDatabase(
    () => createOnlyApp(host),
    (sentence) => context.warn(sentence),
  )
  let drainMs = 0
  started.defer(() => app.stop(drainMs))
  await app.start()
  const { gateway } = app.state()
  if (gateway.problem !== null) throw new PersonError('gateway_not_started', gateway.problem.message)

  if (worker === undefined || worker.siblings.isMain) await openForOwner(app, { options, dataDir, started })
  return {
    app,
    failures: host.failures,
    dataDir,
    gatewayUrl: `http://127.0.0.1:${gateway.port}`,
    consoleLink: () => app.consoleLink(),
    stop: async () => {
      app.drain()
      await delay(options.drainDelayMs)
      drainMs = options.drainTimeoutMs
      await started.disposeAsync()
    },
  }
}

/** The console, and the channel of the command line. */
async function openForOwner(
  app: App,
  { options, dataDir, started }: { options: ServeOptions; dataDir: string; started: AsyncDisposableStack },
): Promise<void> {
  const port = options.consolePort ?? app.core.settings.read().consolePort
  await app.openConsole({ port, behindProxy: options.behindProxy })
  await dropOldSessions(dataDir)
  const control = await openControlChannel({ dataDir, handler: withConsoleLink(app) })
  started.defer(() => control.close())
}

async function openDemo(started: AsyncDisposableStack): Promise<string> {
  const demo = await startDemo()
  started.defer(() => demo.close())
  return demo.url
}

async function createOnlyApp(host: Host): Promise<App> {
  try {
    return await createApp(host)
  } catch (error) {
    if (!(error instanceof PersonError && error.code === 'already_running')) throw error
    throw alreadyRunning(error)
  }
}

export function alreadyRunning(cause: PersonError): PersonError {
  const sentence =
    'Latchkey is already running with this data directory. Get a link to its console with: latchkey console'
  return new PersonError('already_running', sentence, { cause })
}

/** Before people could sign in, sessions were in a file of their own. Each lasted 12 hours at most without use. */
async function dropOldSessions(dataDir: string): Promise<void> {
  await rm(join(dataDir, 'console-sessions.json'), { force: true }).catch(() => undefined)
}

function withConsoleLink({ commandLine, consoleLink }: App): App['commandLine'] {
  return async (request) => {
    const wanted = request.method === 'POST' && new URL(request.url).pathname === CONSOLE_LINK_PATH
    return wanted ? Response.json({ url: consoleLink() }) : commandLine(request)
  }
}
