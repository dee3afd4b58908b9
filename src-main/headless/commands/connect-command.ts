import { Argument, type Command, Option } from 'commander'
import { HANDOVER_APP_IDS, type HandoverAppId, handoverApp } from '#shared/handover/apps.ts'
import type { HandoverPlan, HandoverState, PlannedFile } from '#shared/handover/handover.ts'
import { type CoreClient, withCore } from '../core-client.ts'
import { relativeTime } from '../flags/time-words.ts'
import type { CommandContext } from './command-context.ts'
import { type CommonOptions, withCommonOptions } from './common-options.ts'
import { printable, table } from './table.ts'

interface ConnectOptions extends CommonOptions {
  model?: string[]
  dryRun?: true
  undo?: true
  keepKey?: true
  list?: true
}

const STATES: Readonly<Record<HandoverState['state'], string>> = {
  none: '',
  connected: 'connected',
  changed: 'connected, changed since',
  partial: 'interrupted: undo it',
}

export function addConnectCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('connect')
    .description("connect an app of this computer: make a key and write it into the app's configuration file")
    .addArgument(new Argument('[app]', 'the app').choices(HANDOVER_APP_IDS))
    .option('--model <name>', 'a model for the app; repeat it for several. Default: the upstream’s models', collect)
    .option('--dry-run', 'show the planned changes without making them')
    .addOption(
      new Option('--undo', 'restore the earlier configuration and delete the key').conflicts(['dryRun', 'model']),
    )
    .option('--keep-key', 'with --undo: do not delete the key')
    .addOption(new Option('--list', 'list the apps, and which are connected').conflicts(['dryRun', 'model', 'undo']))
  withCommonOptions(command, context).action(async (app: HandoverAppId | undefined, options: ConnectOptions) => {
    if (app === undefined && options.list !== true) {
      return command.error(`error: name an app: ${HANDOVER_APP_IDS.join(', ')}; or add --list`, { exitCode: 2 })
    }
    if (options.keepKey === true && options.undo !== true) {
      return command.error('error: --keep-key goes with --undo', { exitCode: 2 })
    }
    await withCore(options.dataDir, context, async (core) => {
      if (app === undefined) return list(core, options, context)
      if (options.undo === true) return undo(core, app, options, context)
      const plan = await core.call('POST /api/handover/plan', { app, models: options.model })
      if (options.dryRun === true) return showPlan(plan, options, context)
      await connect(core, plan, options, context)
    })
  })
}

function collect(value: string, before: string[] = []): string[] {
  return [...before, value]
}

async function list(core: CoreClient, options: ConnectOptions, context: CommandContext): Promise<void> {
  const apps = await core.call('GET /api/handover', {})
  if (options.json === true) return context.print(JSON.stringify(apps))
  const rows = apps.map(({ app, found, state, connectedAt, files }) => [
    app,
    found ? 'yes' : 'no',
    state === 'none' ? '' : `${STATES[state]} ${relativeTime(connectedAt, context.now())}`,
    files.map(({ path }) => printable(path)).join(', '),
  ])
  context.print(table(['APP', 'FOUND', 'STATE', 'FILES'], rows))
}

function showPlan(plan: HandoverPlan, options: ConnectOptions, context: CommandContext): void {
  if (options.json === true) return context.print(JSON.stringify(plan))
  for (const line of plan.files.flatMap(diffOf)) context.print(line)
}

async function connect(
  core: CoreClient,
  plan: HandoverPlan,
  options: ConnectOptions,
  context: CommandContext,
): Promise<void> {
  const { app, seen } = plan
  if (options.json !== true) showPlan(plan, options, context)
  const done = await core.call('POST /api/handover/apply', { app, models: options.model, seen })
  if (options.json === true) return context.print(JSON.stringify(done))
  const { name, firstQuestion } = handoverApp(app)
  context.print(`\nConnected ${name} with the key “${printable(done.key.name)}”.`)
  for (const { path, backup } of done.state.files) {
    if (backup !== null) context.print(`  A copy of the earlier ${printable(path)} is in ${printable(backup)}.`)
  }
  const question = firstQuestion?.replace('MODEL', plan.models[0] ?? '')
  if (question !== undefined) context.print(`  Try it: ${printable(question)}`)
  context.print(`  Undo it: latchkey connect ${app} --undo`)
  for (const file of plan.files.filter(({ othersCanRead }) => othersCanRead)) context.warn(readableWarning(file))
}

function readableWarning({ path }: PlannedFile): string {
  return `Other users of this computer can read ${printable(path)}, and so the key. To prevent that: chmod 600 '${printable(path)}'`
}

async function undo(
  core: CoreClient,
  app: HandoverAppId,
  options: ConnectOptions,
  context: CommandContext,
): Promise<void> {
  const done = await core.call('POST /api/handover/undo', { app, key: options.keepKey === true ? 'keep' : 'delete' })
  if (options.json === true) return context.print(JSON.stringify(done))
  const key = `The key “${printable(done.key.name)}” ${done.deleted ? 'is deleted' : 'still works'}.`
  context.print(`${handoverApp(app).name} has its own configuration again. ${key}`)
}

const MARKS = { same: ' ', added: '+', removed: '-' } as const

/** A unified diff. The key is masked. */
function diffOf({ path, change, hunks }: PlannedFile): string[] {
  if (change === 'same') return [`${printable(path)} needs no change.`]
  const head = [`--- ${change === 'created' ? '/dev/null' : printable(path)}`, `+++ ${printable(path)}`]
  return [
    ...head,
    ...hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
      `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
      ...lines.map(({ kind, text }) => MARKS[kind] + printable(text)),
    ]),
  ]
}
