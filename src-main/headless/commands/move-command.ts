import type { Command } from 'commander'
import { plural } from '#shared/text/plural.ts'
import type { MoveStoreOptions } from '../../app/store/move-store.ts'
import { createLog } from '../../observability/log.ts'
import { prepareDataDir } from '../../settings/data-dir.ts'
import { DATABASE_VARIABLES, databaseOf, VERSION } from '../headless-host.ts'
import type { CommandContext } from './command-context.ts'
import { type CommonOptions, withCommonOptions } from './common-options.ts'

interface MoveFlags extends CommonOptions {
  readonly to: string
}

type Progress = Parameters<MoveStoreOptions['onProgress']>[0]
type Moved = Awaited<ReturnType<typeof import('../../app/store/move-store.ts')['moveStore']>>

const TELL_EVERY_ROWS = 100_000

export function addMoveCommand(group: Command, context: CommandContext): void {
  const command = group
    .command('move')
    .description('move everything to an empty shared database, or back to an empty data folder; the original stays')
    .requiredOption('--to <place>', 'address such as postgres://user@db.example/latchkey, or a data folder')
  withCommonOptions(command, context).action((flags: MoveFlags) => move(flags, context))
}

async function move(flags: MoveFlags, context: CommandContext): Promise<void> {
  const { moveStore } = await import('../../app/store/move-store.ts')
  const dataDir = prepareDataDir(flags.dataDir)
  const toDatabase = /^postgres(ql)?:/.test(flags.to)
  const moved = await moveStore({
    from: { dataDir, database: databaseOf(context.env) },
    to: toDatabase
      ? { url: flags.to, passwordFile: context.env[DATABASE_VARIABLES.passwordFile]?.trim() || undefined }
      : prepareDataDir(flags.to),
    program: VERSION,
    now: context.now,
    log: createLog({ write: () => undefined }, 'silent'),
    onProgress: (progress) => tell(progress, flags, context),
  })
  if (flags.json === true) return context.print(JSON.stringify(moved))
  context.print(sentenceOf(moved))
  context.print(
    toDatabase
      ? `Start Latchkey with --database from now on. The settings stay in ${dataDir}; its data file stays as it is, and is not used.`
      : `Start Latchkey with --data-dir ${flags.to} and without a database. Copy settings.json from ${dataDir} if you need it.`,
  )
}

function tell({ table, moved, rows }: Progress, { json }: MoveFlags, context: CommandContext): void {
  const isTold = moved % TELL_EVERY_ROWS === 0 || (moved === rows && rows > TELL_EVERY_ROWS)
  if (json !== true && isTold)
    context.warn(`Copied ${moved.toLocaleString('en')} of ${plural(rows, 'row')} of ${table}.`)
}

function sentenceOf({ persons, keys, origins, exchanges }: Moved): string {
  const counts = [
    plural(persons, 'person', 'persons'),
    plural(keys, 'key'),
    plural(origins, 'site'),
    plural(exchanges, 'request'),
  ]
  return `Moved and compared ${counts.join(', ')} and all sums.`
}
