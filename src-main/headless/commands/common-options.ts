import type { Command } from 'commander'
import { PersonError } from '#shared/text/person-error.ts'
import { defaultDataDir } from '../../settings/data-dir.ts'
import type { CommandContext } from './command-context.ts'

export interface CommonOptions {
  dataDir: string
  json?: true
}

/** Adds the options that every command has. */
export function withCommonOptions(command: Command, context: CommandContext): Command {
  const usual = usualDataDir(context)
  // The default directory matters only for the command that runs, if no --data-dir is given.
  command.hook('preAction', () => {
    if (usual instanceof PersonError && command.getOptionValue('dataDir') === undefined) throw usual
  })
  return command
    .option('--data-dir <dir>', 'directory for settings and data', usual instanceof PersonError ? undefined : usual)
    .option('--json', 'print JSON, for programs')
}

function usualDataDir(context: CommandContext): string | PersonError {
  try {
    return defaultDataDir(context.env, process.platform)
  } catch (error) {
    if (error instanceof PersonError) return error
    throw error
  }
}
