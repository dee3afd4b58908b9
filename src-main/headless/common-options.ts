import type { Command } from 'commander'
import { defaultDataDir } from '../app/data-dir.ts'
import type { CommandContext } from './command-context.ts'

export interface CommonOptions {
  dataDir: string
  json?: true
}

/** What every command takes. */
export function withCommonOptions(command: Command, context: CommandContext): Command {
  return command
    .option('--data-dir <dir>', 'where everything is kept', defaultDataDir(context.env, process.platform))
    .option('--json', 'print JSON, for programs')
}
