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
    .description('list changes of keys, sites and settings with their actor, newest first')
    .option('--limit <number>', 'maximum number of changes, up to 1000', positiveWhole, 50)
  withCommonOptions(command, context).action((options: CommonOptions & { limit: number }) =>
    withCore(options.dataDir, context, async (core) => {
      const entries = await core.call('GET /api/audit', { limit: options.limit })
      if (options.json === true) return context.print(JSON.stringify(entries))
      if (entries.length === 0) return context.print('No changes yet.')
      context.print(
        table(
          ['WHEN', 'ACTOR', 'ACTION', 'TARGET', 'FIELDS'],
          entries.map((entry) => row(entry, context.now())),
        ),
      )
    }),
  )
}

function row({ time, actor, action, subject, label, fields }: AuditEntry, now: number): string[] {
  return [relativeTime(time, now), actor, action, printable(label ?? subject ?? ''), fields.join(', ')]
}
