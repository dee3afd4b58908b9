import type { Command } from 'commander'
import { PersonError } from '#shared/text/person-error.ts'
import { defaultDataDir } from '../../settings/data-dir.ts'
import { DATABASE_VARIABLES } from '../headless-host.ts'
import type { CommandContext } from './command-context.ts'

export interface CommonOptions {
  dataDir: string
  json?: true
  database?: string
  databasePasswordFile?: string
}

/** Adds the options that every command has. */
export function withCommonOptions(command: Command, context: CommandContext): Command {
  const usual = usualDataDir(context)
  // The default directory matters only for the command that runs, if no --data-dir is given.
  command.hook('preAction', () => {
    if (usual instanceof PersonError && command.getOptionValue('dataDir') === undefined) throw usual
    const { database, databasePasswordFile } = command.opts<CommonOptions>()
    if (database !== undefined) context.env[DATABASE_VARIABLES.url] = database
    if (databasePasswordFile !== undefined) context.env[DATABASE_VARIABLES.passwordFile] = databasePasswordFile
  })
  return command
    .option('--data-dir <dir>', 'directory for settings and data', usual instanceof PersonError ? undefined : usual)
    .option('--json', 'print JSON, for programs')
    .option(
      '--database <address>',
      `shared database, such as postgres://user@db.example/latchkey (default: $${DATABASE_VARIABLES.url})`,
    )
    .option('--database-password-file <file>', `file with its password (default: $${DATABASE_VARIABLES.passwordFile})`)
}

function usualDataDir(context: CommandContext): string | PersonError {
  try {
    return defaultDataDir(context.env, process.platform)
  } catch (error) {
    if (error instanceof PersonError) return error
    throw error
  }
}
