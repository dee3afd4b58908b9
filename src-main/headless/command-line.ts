import { Command, CommanderError } from 'commander'
import { redactSecrets } from '#shared/keys/secret.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { addAuditCommand } from './commands/audit-command.ts'
import { addBackupCommands } from './commands/backup-commands.ts'
import type { CommandContext } from './commands/command-context.ts'
import { addConnectCommand } from './commands/connect-command.ts'
import { addConsoleCommand } from './commands/console-command.ts'
import { addExportCommands } from './commands/export-command.ts'
import { addFindCommand } from './commands/find-command.ts'
import { addForgetCommand } from './commands/forget-command.ts'
import { addKeyCommands } from './commands/key-commands.ts'
import { addLanCommands } from './commands/lan-commands.ts'
import { addOriginCommands } from './commands/origin-commands.ts'
import { addPairCommands } from './commands/pair-commands.ts'
import { addInviteCommands } from './commands/people/invite-commands.ts'
import { addSessionCommands } from './commands/people/session-commands.ts'
import { addSignInCommands } from './commands/people/sign-in-commands.ts'
import { addPersonCommands } from './commands/person-commands.ts'
import { addServeCommand } from './commands/serve-command.ts'
import { addSettingsCommands } from './commands/settings-commands.ts'
import { addSetupCommands } from './commands/setup-commands.ts'
import { addUsageCommand } from './commands/usage-command.ts'
import { addDoctorCommand } from './doctor/doctor-command.ts'
import { VERSION } from './headless-host.ts'
import { addWorkerCommand } from './workers/worker-command.ts'

const COMMANDS = [
  addServeCommand,
  addWorkerCommand,
  addKeyCommands,
  addPersonCommands,
  addInviteCommands,
  addSignInCommands,
  addSessionCommands,
  addConnectCommand,
  addOriginCommands,
  addPairCommands,
  addUsageCommand,
  addExportCommands,
  addAuditCommand,
  addBackupCommands,
  addSetupCommands,
  addForgetCommand,
  addSettingsCommands,
  addLanCommands,
  addFindCommand,
  addDoctorCommand,
  addConsoleCommand,
]

/** Runs one command line. Resolves to the exit code: 0 done, 1 failed (one sentence on stderr), 2 wrong usage. */
export async function runCommandLine(args: readonly string[], context: CommandContext): Promise<number> {
  try {
    // A flag for the database is put into the environment of this command, not into the caller's.
    await buildProgram({ ...context, env: { ...context.env } }).parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    // commander has printed the error. `--help` and `--version` end here too, with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    const sentence = error instanceof PersonError ? error.message : `Latchkey failed: ${String(error)}`
    context.warn(redactSecrets(sentence))
    return 1
  }
}

function buildProgram(context: CommandContext): Command {
  // Set before the commands are added, so that they inherit it.
  const program = new Command('latchkey')
    .description('A key for your local Ollama: lets browser extensions and web apps in, one key at a time.')
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError('(use --help to list the options)')
    .configureOutput({
      writeOut: (text) => context.print(text.trimEnd()),
      writeErr: (text) => context.warn(redactSecrets(text.trimEnd())),
    })
  for (const add of COMMANDS) add(program, context)
  return program
}
