import type { Command } from 'commander'
import { isExtension, type OriginRecord } from '#shared/origins/origin.ts'
import { type CoreClient, withCore } from '../core-client.ts'
import { origin } from '../flags/option-values.ts'
import { relativeTime } from '../flags/time-words.ts'
import type { CommandContext } from './command-context.ts'
import { type CommonOptions, withCommonOptions } from './common-options.ts'
import { printable, table } from './table.ts'

export function addOriginCommands(program: Command, context: CommandContext): void {
  const group = program.command('origin').description('allow or block sites and extensions')
  withCommonOptions(group.command('list').description('list all sites that sent a request'), context).action(
    (options: CommonOptions) => listOrigins(options, context),
  )
  addDecision(group, context, 'allow', 'allow a site to use the gateway with a key', (core, origin) =>
    core.call('POST /api/origins/decide', { origin, status: 'allowed' }),
  )
  addDecision(group, context, 'block', 'block a site and end its running requests', (core, origin) =>
    core.call('POST /api/origins/decide', { origin, status: 'blocked' }),
  )
  addDecision(group, context, 'forget', 'remove a site from the list', (core, origin) =>
    core.call('POST /api/origins/forget', { origin }),
  )
}

function addDecision(
  group: Command,
  context: CommandContext,
  verb: string,
  description: string,
  decide: (core: CoreClient, origin: string) => Promise<object>,
): void {
  const past = verb === 'forget' ? 'forgotten' : `${verb}ed`
  const command = group
    .command(verb)
    .description(description)
    .argument('<origin>', 'such as https://example.org', origin)
  withCommonOptions(command, context).action((site: string, options: CommonOptions) =>
    withCore(options.dataDir, context, async (core) => {
      const outcome = await decide(core, site)
      if (options.json === true) return context.print(JSON.stringify(outcome))
      context.print(`${site} is ${past}.`)
      if (verb === 'block' && isExtension(site)) context.print(await stillReads(core, site))
    }),
  )
}

/** A warning after a block of an extension: its GETs may have no Origin header, so the block does not stop them. */
async function stillReads(core: CoreClient, extension: string): Promise<string> {
  const { keyIds } = await core.call('GET /api/origins/keys', { origin: extension })
  const working = (await core.call('GET /api/keys', {})).filter(({ id, enabled }) => enabled && keyIds.includes(id))
  const sentence = 'The extension can still read with its key, such as the list of models. Disable that key with:'
  const ids = working.length === 0 ? ['ID'] : working.map(({ id }) => id)
  return [sentence, ...ids.map((id) => `latchkey key disable ${id}`)].join('\n')
}

function listOrigins(options: CommonOptions, context: CommandContext): Promise<void> {
  return withCore(options.dataDir, context, async (core) => {
    const origins = await core.call('GET /api/origins', {})
    if (options.json === true) return context.print(JSON.stringify(origins))
    if (origins.length === 0) return context.print('No site or extension has sent a request yet.')
    const rows = origins.map((record) => originRow(record, context.now()))
    context.print(table(['ORIGIN', 'NAME', 'STATE', 'REQUESTS', 'REFUSED', 'LAST SEEN'], rows))
  })
}

function originRow(record: OriginRecord, now: number): string[] {
  const counts = [String(record.requests), String(record.refused)]
  return [record.origin, printable(record.label ?? ''), record.status, ...counts, relativeTime(record.lastSeenAt, now)]
}
