import type { Command } from 'commander'
import type { AuditEntry } from '#shared/records/audit.ts'
import { withCore } from '../core-client.ts'
import { positiveWhole } from '../flags/option-values.ts'
import { relativeTime } from '../flags/time-words.ts'
import type { CommandContext } from './command-context.ts'
import { type CommonOptions, withCommonOptions } from './common-options.ts'
import { printable, table } from './table.ts'

export function addAuditCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('audit')
    .description('list changes of people, keys, sites and settings with their actor, newest first')
    .option('--limit <number>', 'maximum number of changes, up to 1000', positiveWhole, 50)
  withCommonOptions(command, context).action((options: CommonOptions & { limit: number }) =>
    withCore(options.dataDir, context, async (core) => {
      const entries = await core.call('GET /api/audit', { limit: options.limit })
      if (options.json === true) return context.print(JSON.stringify(entries))
      if (entries.length === 0) return context.print('No changes yet.')
      context.print(
        table(
          ['WHEN', 'PERSON', 'ACTOR', 'ADDRESS', 'ACTION', 'TARGET', 'FIELDS'],
          entries.map((entry) => row(entry, context.now())),
        ),
      )
    }),
  )
}

function row(entry: AuditEntry, now: number): string[] {
  const { time, person, personName, actor, address, action, subject, label, fields } = entry
  const who = personName ?? (person === null ? '' : 'removed person')
  const target = printable(label ?? subject ?? '')
  return [relativeTime(time, now), printable(who), actor, address ?? '', action, target, fields.join(', ')]
}
