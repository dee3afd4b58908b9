import { randomBytes } from 'node:crypto'
import { PersonError } from '#shared/text/person-error.ts'
import type { App } from '../app/app.ts'
import { createApp } from '../app/create-app.ts'
import type { Failures, Host } from '../base/host.ts'
import { openControlChannel } from '../control/control-channel.ts'
import { createLog } from '../observability/log.ts'
import { startDemo } from '../sample/demo.ts'
import { prepareDataDir } from '../settings/data-dir.ts'
import type { CommandContext } from './commands/command-context.ts'
import { CONSOLE_LINK_PATH } from './commands/console-command.ts'
import { openConsoleServer } from './console-server/console-server.ts'
import { ConsoleSessions } from './console-server/session.ts'
import { openSessionFile } from './console-server/session-file.ts'
import { createHeadlessHost } from './headless-host.ts'

export interface ServeOptions {
  readonly dataDir: string
  readonly demo: boolean
  /** Default: the port in the settings. */
  readonly consolePort?: number
  readonly overrides: Host['overrides']
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
  /** Waits at most 10 seconds for running requests, then closes everything. */
  stop(): Promise<void>
}

const DRAIN_MS = 10_000

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
  const log = createLog({ write: (line) => context.warn(line.trimEnd()) }, 'warn')
  const host = createHeadlessHost({ dataDir, env: context.env, log, overrides })
  const app = await createOnlyApp(host)
  let drainMs = 0
  started.defer(() => app.stop(drainMs))
  await app.start()
  const { gateway } = app.state()
  if (gateway.problem !== null) throw new PersonError('gateway_not_started', gateway.problem.message)

  const sessions = new ConsoleSessions({
    now: context.now,
    random: randomBytes,
    dataDir,
    memory: openSessionFile(dataDir),
  })
  const port = options.consolePort ?? app.core.settings.read().consolePort
  const console = await openConsoleServer({ port, handler: app.console, sessions })
  started.defer(() => console.close())
  const consoleLink = () => `${console.url}#token=${sessions.issueToken()}`
  const control = await openControlChannel({ dataDir, handler: withConsoleLink(app.commandLine, consoleLink) })
  started.defer(() => control.close())
  return {
    app,
    failures: host.failures,
    dataDir,
    gatewayUrl: `http://127.0.0.1:${gateway.port}`,
    consoleLink,
    stop: () => {
      drainMs = DRAIN_MS
      return started.disposeAsync()
    },
  }
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
    const sentence =
      'Latchkey is already running with this data directory. Get a link to its console with: latchkey console'
    throw new PersonError('already_running', sentence, { cause: error })
  }
}

function withConsoleLink(handler: App['console'], consoleLink: () => string): App['console'] {
  return async (request) => {
    const wanted = request.method === 'POST' && new URL(request.url).pathname === CONSOLE_LINK_PATH
    return wanted ? Response.json({ url: consoleLink() }) : handler(request)
  }
}
