import type { Command } from 'commander'
import { isOfUse } from '#shared/console-api/state.ts'
import { redactSecrets } from '#shared/keys/secret.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { catchTheRest } from '../../observability/last-resort.ts'
import { host, port, upstreamUrl } from '../flags/option-values.ts'
import { printsToJournal } from '../journal.ts'
import { openBrowser } from '../open-browser.ts'
import { type ServeOptions, type Serving, startServing } from '../serving.ts'
import type { CommandContext } from './command-context.ts'
import { type CommonOptions, withCommonOptions } from './common-options.ts'
import { lanWarnings } from './lan-warnings.ts'

interface Flags extends CommonOptions {
  host?: Settings['lan']
  port?: number
  consolePort?: number
  upstream?: string
  demo?: true
  /** False with `--no-open`. */
  open: boolean
}

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
    .option('--upstream <url>', 'address of Ollama (default: OLLAMA_HOST, else http://127.0.0.1:11434)', upstreamUrl)
    .option('--demo', 'use a built-in sample with canned answers instead of Ollama')
    .option('--no-open', 'do not open the console in the browser')
  withCommonOptions(command, context).action(async (flags: Flags) => {
    const stopAsked = onStopSignals()
    const noteTheRest = catchTheRest({ process, atStart: (error) => endWithSentence(error, context) })
    // The program that reads the log can end before Latchkey does.
    process.stderr.on('error', () => undefined)
    const serving = await startServing(serveOptions(flags), context)
    noteTheRest(serving.failures)
    announce(serving, flags, context)
    if (flags.open && flags.json !== true) await openBrowser(serving.consoleLink(), context.env)
    await stopAsked.first
    stopAsked.onSecond(() => process.exit(0))
    await serving.stop()
  })
}

function endWithSentence(error: unknown, context: CommandContext): never {
  context.warn(redactSecrets(`Latchkey failed to start: ${String(error)}`))
  process.exit(1)
}

function serveOptions(flags: Flags): ServeOptions {
  return {
    dataDir: flags.dataDir,
    demo: flags.demo === true,
    ...(flags.consolePort === undefined ? {} : { consolePort: flags.consolePort }),
    overrides: {
      ...(flags.upstream === undefined ? {} : { upstream: flags.upstream }),
      ...(flags.port === undefined ? {} : { gatewayPort: flags.port }),
      ...(flags.host === undefined ? {} : { lan: flags.host }),
    },
  }
}

// A closed terminal sends SIGHUP.
const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

/** The first signal starts a drain; the second ends it at once. */
function onStopSignals(): { first: Promise<void>; onSecond(listener: () => void): void } {
  const first = Promise.withResolvers<void>()
  let again: (() => void) | undefined
  const onSignal = () => {
    again?.()
    first.resolve()
  }
  for (const signal of STOP_SIGNALS) process.on(signal, onSignal)
  return { first: first.promise, onSecond: (listener) => void (again = listener) }
}

function announce(serving: Serving, flags: Flags, context: CommandContext): void {
  const { gateway, upstream, keys, notices } = serving.app.state()
  for (const { message } of notices) context.warn(message)
  for (const sentence of lanWarnings(gateway)) context.warn(sentence)
  if (flags.json === true) {
    const addresses = {
      gateway: serving.gatewayUrl,
      console: serving.consoleLink(),
      upstream: upstream.url,
      dataDir: serving.dataDir,
    }
    context.print(JSON.stringify({ event: 'ready', ...addresses }))
    return
  }
  context.print('Latchkey is running. Stop it with Ctrl+C.\n')
  context.print(`  Address for apps  ${gateway.address}`)
  for (const address of gateway.lan) context.print(`  For other devices ${address}`)
  context.print(`  Console           ${consoleLine(serving, context)}`)
  context.print(`  Upstream          ${upstreamLine(serving, flags)}\n`)
  if (keys === 0) context.print('No keys yet. Make one in the console, or with: latchkey key create --name NAME')
}

/**
 * The link is not printed to the journal, because others can read the journal and the link works for the first person
 * who opens it.
 */
function consoleLine(serving: Serving, context: CommandContext): string {
  return printsToJournal(context.env) ? 'get a link with: latchkey console' : serving.consoleLink()
}

function upstreamLine(serving: Serving, flags: Flags): string {
  const { upstream } = serving.app.state()
  if (flags.demo === true) return `${upstream.url} (the built-in sample: canned answers, no model)`
  if (!isOfUse(upstream)) return `${upstream.url} — ${upstream.problem?.message ?? 'Ollama does not answer. Start it.'}`
  return upstream.version === null ? upstream.url : `${upstream.url} (Ollama ${upstream.version})`
}
