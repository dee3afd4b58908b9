import { type Command, Option } from 'commander'
import { type PairingApproval, type PairingRequest, pairingCode } from '#shared/pairing/pairing.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { type CoreClient, withCore } from '../core-client.ts'
import type { CommandContext } from './command-context.ts'
import { type CommonOptions, withCommonOptions } from './common-options.ts'
import { printable, table } from './table.ts'

interface ApproveOptions extends CommonOptions {
  preset: PairingApproval['preset']
  name?: string
}

export function addPairCommands(program: Command, context: CommandContext): void {
  const group = program.command('pair').description('answer apps that ask for a key')
  withCommonOptions(group.command('list').description('list the apps that wait for a key'), context).action(
    (options: CommonOptions) => listRequests(options, context),
  )
  const approve = group
    .command('approve')
    .description('give an app a key, if it shows the same code')
    .argument('<code>', 'the code that the app shows, such as 47-19')
    .addOption(
      new Option('--preset <preset>', 'what the key may do: chat, list models too, or everything')
        .choices(['chat', 'models', 'all'])
        .default('models'),
    )
    .option('--name <name>', 'the name of the key, instead of the one that the app suggests')
  withCommonOptions(approve, context).action((code: string, options: ApproveOptions) =>
    answer(code, options, context, async (core, { id, code: shown, name: suggested }) => {
      const { preset, name = suggested } = options
      const outcome = await core.call('POST /api/pairing/approve', { id, code: shown, preset, name })
      return { outcome, sentence: `“${printable(name)}” can now fetch its key.` }
    }),
  )
  const decline = group
    .command('decline')
    .description('give an app no key')
    .argument('<code>', 'the code that the app shows, such as 47-19')
  withCommonOptions(decline, context).action((code: string, options: CommonOptions) =>
    answer(code, options, context, async (core, { id, code: shown, name }) => {
      const outcome = await core.call('POST /api/pairing/decline', { id, code: shown })
      return { outcome, sentence: `“${printable(name)}” gets no key.` }
    }),
  )
}

function answer(
  code: string,
  options: CommonOptions,
  context: CommandContext,
  give: (core: CoreClient, request: PairingRequest) => Promise<{ outcome: object; sentence: string }>,
): Promise<void> {
  return withCore(options.dataDir, context, async (core) => {
    const shown = pairingCode(code)
    const request = (await core.call('GET /api/pairing', {})).find((open) => open.code === shown)
    if (request === undefined) {
      const sentence = 'No app waits with this code. See the open requests with: latchkey pair list'
      throw new PersonError('no_such_request', sentence)
    }
    const { outcome, sentence } = await give(core, request)
    context.print(options.json === true ? JSON.stringify(outcome) : sentence)
  })
}

function listRequests(options: CommonOptions, context: CommandContext): Promise<void> {
  return withCore(options.dataDir, context, async (core) => {
    const requests = await core.call('GET /api/pairing', {})
    if (options.json === true) return context.print(JSON.stringify(requests))
    if (requests.length === 0) return context.print('No app is waiting for a key.')
    const rows = requests.map((request) => requestRow(request, context.now()))
    context.print(table(['CODE', 'NAME', 'ASKED BY', 'ENDS IN'], rows))
  })
}

function requestRow({ code, name, asker, endsAt }: PairingRequest, now: number): string[] {
  const { origin, returnsTo, program, userAgent, device } = asker
  const by =
    origin ??
    returnsTo ??
    program?.path ??
    program?.name ??
    (userAgent === null ? 'a program' : `a program, “${userAgent}”`)
  const place = device === null ? '' : ` on ${device}`
  return [code, printable(name), printable(by) + place, `${Math.max(0, Math.ceil((endsAt - now) / 1000))} s`]
}
