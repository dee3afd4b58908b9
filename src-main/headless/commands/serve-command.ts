import type { Command } from 'commander'
import type { Settings } from '#shared/settings/settings.ts'
import { catchTheRest } from '../../observability/last-resort.ts'
import { host, port, proxies, seconds, upstreamUrl, workers } from '../flags/option-values.ts'
import { addSetting } from '../flags/setting-values.ts'
import { openBrowser } from '../open-browser.ts'
import { endWithSentence, onStopSignals } from '../process-end.ts'
import { type ServeOptions, startServing } from '../serving.ts'
import { announcementOf, type Served } from './announcement.ts'
import type { CommandContext } from './command-context.ts'
import { type CommonOptions, withCommonOptions } from './common-options.ts'

interface Flags extends CommonOptions {
  host?: Settings['lan']
  port?: number
  consolePort?: number
  behindProxy?: readonly string[]
  upstream?: string
  setting?: Partial<Settings>
  demo?: true
  /** Milliseconds, as is the next. */
  drainDelay: number
  drainTimeout: number
  /** False with `--no-open`. */
  open: boolean
  workers?: number
}

const DRAIN_TIMEOUT_MS = 10_000

export function addServeCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('serve')
    .description('run the gateway, and open the console in the browser')
    .option(
      '--host <host>',
      'who can reach the gateway: 127.0.0.1 (this computer), 0.0.0.0 (its networks), or one of its addresses',
      host,
    )
    .option('--port <number>', 'port of the gateway, 0 for any free one (default: 11500)', port)
    .option('--console-port <number>', 'port of the console, 0 for any free one (default: 11501)', port)
    .option(
      '--behind-proxy <addresses>',
      'addresses or networks (10.0.0.0/8) of the proxies before the console, with commas between; see consoleUrl',
      proxies,
    )
    .option('--upstream <url>', 'address of Ollama (default: OLLAMA_HOST, else http://127.0.0.1:11434)', upstreamUrl)
    .option(
      '--setting <name=value>',
      'a setting for this run, as settings set takes it; can be repeated (lanTls=off, extraHosts=ai.example)',
      addSetting,
    )
    .option('--demo', 'use a built-in sample with canned answers instead of Ollama')
    .option(
      '--drain-delay <seconds>',
      'how long to go on serving after SIGTERM while /readyz says no, so that a balancer can notice (default: 0)',
      seconds,
      0,
    )
    .option(
      '--drain-timeout <seconds>',
      'how long running requests may take to finish after that (default: 10)',
      seconds,
      DRAIN_TIMEOUT_MS,
    )
    .option(
      '--workers <number>',
      'how many processes share the port, or auto for one per core; only with --database',
      workers,
    )
    .option('--no-open', 'do not open the console in the browser')
  withCommonOptions(command, context).action(async (flags: Flags) => {
    const stopAsked = onStopSignals()
    // The program that reads the log can end before Latchkey does.
    process.stderr.on('error', () => undefined)
    const served = await (flags.workers === undefined ? serveAlone : serveTogether)(flags, context)
    for (const sentence of served.announcement.warnings) context.warn(sentence)
    for (const line of served.announcement.out) context.print(line)
    if (flags.open && flags.json !== true) await openBrowser(served.consoleLink(), context.env)
    try {
      await Promise.race([stopAsked.first, served.lost])
    } finally {
      stopAsked.onSecond(() => process.exit(0))
      await served.stop()
    }
  })
}

async function serveAlone(flags: Flags, context: CommandContext): Promise<Served> {
  const noteTheRest = catchTheRest({ process, atStart: (error) => endWithSentence(error, context) })
  const serving = await startServing(serveOptions(flags), context)
  noteTheRest(serving.failures)
  const style = { json: flags.json === true, demo: flags.demo === true, env: context.env }
  return {
    announcement: announcementOf(serving, style),
    consoleLink: () => serving.consoleLink(),
    lost: new Promise(() => undefined),
    stop: () => serving.stop(),
  }
}

async function serveTogether(flags: Flags, context: CommandContext): Promise<Served> {
  const { serveWithWorkers } = await import('../workers/serve-with-workers.ts')
  const { workers: count = 1, json = false } = flags
  return serveWithWorkers({ count, options: serveOptions(flags), json }, context)
}

function serveOptions(flags: Flags): ServeOptions {
  return {
    dataDir: flags.dataDir,
    demo: flags.demo === true,
    behindProxy: flags.behindProxy ?? [],
    drainDelayMs: flags.drainDelay,
    drainTimeoutMs: flags.drainTimeout,
    ...(flags.consolePort === undefined ? {} : { consolePort: flags.consolePort }),
    overrides: {
      ...flags.setting,
      ...(flags.upstream === undefined ? {} : { upstream: flags.upstream }),
      ...(flags.port === undefined ? {} : { gatewayPort: flags.port }),
      ...(flags.host === undefined ? {} : { lan: flags.host }),
    },
  }
}
