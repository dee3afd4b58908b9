import { type Command, Option } from 'commander'
import type { AppState, UpstreamState } from '#shared/console-api/state.ts'
import { dueReminder } from '#shared/keys/expiry.ts'
import type { Key } from '#shared/keys/key.ts'
import { plural } from '#shared/text/plural.ts'
import {
  couldTakeOver,
  OLLAMA_PORT,
  OPERATING_SYSTEMS,
  type OperatingSystem,
  takeOverSteps,
} from '#shared/upstreams/take-over.ts'
import { portProblem } from '../../listeners/taken-port.ts'
import { failureWords } from '../../observability/failure-words.ts'
import type { CommandContext } from '../commands/command-context.ts'
import { type CommonOptions, withCommonOptions } from '../commands/common-options.ts'
import { printable } from '../commands/table.ts'
import { withCore } from '../core-client.ts'
import { relativeTime } from '../flags/time-words.ts'
import { examineDatabase } from './database.ts'
import type { Finding } from './finding.ts'
import { examineLan } from './lan/examine-lan.ts'
import { type LanExamined, lanFindings } from './lan/lan-findings.ts'
import { openOllamaFindings } from './open-ollama.ts'
import { providerFindings } from './providers.ts'
import { serviceFindings } from './service.ts'
import { readServiceFacts } from './service-facts.ts'
import { examineSignIn } from './sign-in.ts'
import { thisSystem } from './this-system.ts'

interface DoctorOptions extends CommonOptions {
  takeOver?: true
  diagnostics?: true
  os?: OperatingSystem
}

export function addDoctorCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('doctor')
    .description('check the installation, and list problems and how to fix them')
    .option(
      '--take-over',
      `show how to move Latchkey to Ollama's port ${OLLAMA_PORT}, for apps with this port built in`,
    )
    .addOption(new Option('--os <system>', 'operating system for --take-over').choices(OPERATING_SYSTEMS))
    .option('--diagnostics', 'print text for a bug report, without secrets, sites and folders')
  withCommonOptions(command, context).action(async (options: DoctorOptions) => {
    if (options.takeOver === true) return explainTakeOver(options, context)
    return options.diagnostics === true ? printDiagnostics(options, context) : runChecks(options, context)
  })
}

function runChecks(options: DoctorOptions, context: CommandContext): Promise<void> {
  return withCore(options.dataDir, context, async (core) => {
    const upstream = await core.call('POST /api/upstream/check', {})
    const state = await core.call('GET /api/state', {})
    const lan = await examineLan(core, { gateway: state.gateway, dataDir: options.dataDir, now: context.now() })
    const findings = await examine({ state, upstream, lan, env: context.env, running: core.beside })
    findings.push(...(await examineDatabase(core)))
    findings.push(...expiryFindings(await core.call('GET /api/keys', {}), context.now()))
    findings.push(...(await examineSignIn(core)))
    findings.push(...(await providerFindings(core)))
    const service = await readServiceFacts(options.dataDir, context.env)
    findings.push(...serviceFindings(service, { dataDir: options.dataDir, upstream }))
    if (options.json === true) return context.print(JSON.stringify(findings))
    for (const finding of findings) context.print(describe(finding))
  })
}

function printDiagnostics(options: DoctorOptions, context: CommandContext): Promise<void> {
  return withCore(options.dataDir, context, async (core) => {
    const diagnostics = await core.call('GET /api/diagnostics', {})
    context.print(options.json === true ? JSON.stringify(diagnostics) : diagnostics.text.trimEnd())
  })
}

function explainTakeOver(options: DoctorOptions, context: CommandContext): void {
  const steps = takeOverSteps(options.os ?? thisSystem())
  if (options.json === true) return context.print(JSON.stringify(steps))
  context.print(`Some apps use Ollama's port ${OLLAMA_PORT} and cannot change it. To make them use Latchkey:\n`)
  for (const [at, { text, command }] of steps.entries()) {
    context.print(`${at + 1}. ${text}${command === undefined ? '' : `\n     ${command}`}`)
  }
}

function describe({ ok, sentence, fix }: Finding): string {
  const line = `${ok ? 'ok  ' : 'look'}  ${sentence}`
  return fix === null ? line : `${line}\n      ${fix}`
}

async function examine(about: {
  state: AppState
  upstream: UpstreamState
  lan: LanExamined
  env: CommandContext['env']
  running: boolean
}): Promise<Finding[]> {
  const { state, upstream, lan, env, running } = about
  return [
    ...(running ? [gatewayFinding(state)] : await notRunningFindings(state.gateway.port)),
    ...lanFindings(lan),
    upstreamFinding(upstream),
    keysFinding(state.keys),
    sitesFinding(state.pendingOrigins),
    ...onlineFindings(state.pendingOnline),
    ...otherAppFindings(state.pendingOtherApps),
    ...(await openOllamaFindings(env, upstream)),
    ...state.notices.map((notice) => ({ check: 'store', ok: false, sentence: notice.message, fix: null })),
    ...failureFindings(state),
    ...takeOverHints(state),
    browserHint(),
  ]
}

/** A program on the gateway's port prevents the start, and apps get its answers instead. */
async function notRunningFindings(port: number): Promise<Finding[]> {
  const fix = 'Start it with: latchkey serve'
  const notRunning = { check: 'gateway', ok: false, sentence: 'Latchkey is not running on this data directory.', fix }
  const problem = await portProblem(port)
  if (problem === null) return [notRunning]
  return [notRunning, { check: 'port', ok: false, sentence: 'Its port is not available.', fix: problem }]
}

function gatewayFinding({ gateway }: AppState): Finding {
  if (gateway.problem !== null)
    return { check: 'gateway', ok: false, sentence: 'The gateway is not running.', fix: gateway.problem.message }
  if (gateway.status === 'paused') {
    const fix = 'Resume it in the console.'
    return { check: 'gateway', ok: false, sentence: 'The gateway is paused: every request gets 503.', fix }
  }
  return { check: 'gateway', ok: true, sentence: `The gateway answers at ${gateway.address}.`, fix: null }
}

function failureFindings({ failures }: AppState): Finding[] {
  const sentence = failureWords(failures)
  if (sentence === undefined) return []
  const fix = 'Please report this, with the output of: latchkey doctor --diagnostics'
  return [{ check: 'failures', ok: false, sentence, fix }]
}

function takeOverHints({ gateway, upstream }: AppState): Finding[] {
  if (!couldTakeOver(gateway.port, upstream.url)) return []
  const sentence = `Apps with port ${OLLAMA_PORT} built in bypass Latchkey. To change this, run: latchkey doctor --take-over`
  return [{ check: 'take_over', ok: true, sentence, fix: null }]
}

function upstreamFinding(upstream: UpstreamState): Finding {
  const { problem } = upstream
  if (problem !== null && problem.code !== 'upstream_stopped') {
    const [sentence = '', ...fix] = problem.message.split(/(?<=\.) /)
    return { check: 'upstream', ok: false, sentence, fix: fix.join(' ') }
  }
  if (!upstream.reachable) {
    const fix = problem?.message ?? 'Start Ollama, or set its address with --upstream.'
    return { check: 'upstream', ok: false, sentence: `No server answers at ${upstream.url}.`, fix }
  }
  const who = upstream.sample ? 'The built-in sample (no model)' : `Ollama ${upstream.version ?? ''}`.trim()
  const sentence = `${who} answers at ${upstream.url} with ${plural(upstream.models.length, 'model')}.`
  const fix = upstream.models.length === 0 ? 'Download a model, for example with: ollama pull llama3.2' : null
  return { check: 'upstream', ok: upstream.models.length > 0, sentence, fix }
}

function keysFinding(keys: number): Finding {
  const fix = keys === 0 ? 'Make one with: latchkey key create --name NAME' : null
  return { check: 'keys', ok: keys > 0, sentence: `There ${keys === 1 ? 'is' : 'are'} ${plural(keys, 'key')}.`, fix }
}

function sitesFinding(pending: number): Finding {
  const ok = pending === 0
  const fix = ok ? null : 'Decide with: latchkey origin allow ORIGIN, or: latchkey origin block ORIGIN'
  const sentence = ok
    ? 'No site waits for a decision.'
    : `${plural(pending, 'site waits', 'sites wait')} for a decision.`
  return { check: 'sites', ok, sentence, fix }
}

/** Returns no finding without questions, because most keys never go online. */
function onlineFindings(pending: number): Finding[] {
  if (pending === 0) return []
  const sentence = `Latchkey refused a cloud model or web search to ${plural(pending, 'key')}, because it would send data to another computer.`
  const fix = 'Decide for each key with: latchkey key change KEY --online, or: --no-online'
  return [{ check: 'online', ok: false, sentence, fix }]
}

function otherAppFindings(pending: number): Finding[] {
  if (pending === 0) return []
  const sentence = `Another app used ${plural(pending, 'key that was made for one app', 'keys that were made for one app')}. Latchkey refused it.`
  const fix = 'Decide for each key with: latchkey key change KEY --app any, or: --app and its app again'
  return [{ check: 'other app', ok: false, sentence, fix }]
}

// Chrome 142 and Firefox 153: https://developer.chrome.com/blog/local-network-access. docs/browsers.md describes each
// browser.
function browserHint(): Finding {
  const sentence =
    'Chrome and Firefox ask you before a web page can reach this computer. Safari does not allow https pages to reach it.'
  return { check: 'browser', ok: true, sentence, fix: null }
}

/** Keys that expire soon, with their names. No finding without any. */
function expiryFindings(keys: readonly Key[], now: number): Finding[] {
  const expiring = keys.filter((key) => dueReminder(key, now) !== null)
  if (expiring.length === 0) return []
  const names = expiring.map(({ name, expiresAt }) => `“${printable(name)}” ${relativeTime(expiresAt, now)}`)
  const sentence = `${plural(expiring.length, 'key expires', 'keys expire')} soon: ${names.join(', ')}.`
  return [{ check: 'expiry', ok: false, sentence, fix: 'Extend a key with: latchkey key change KEY --expires 90d' }]
}
