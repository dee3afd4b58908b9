import type { Command } from 'commander'
import type { CommandContext } from '../commands/command-context.ts'

/** `serve --workers` starts itself with this command. It is not for people. */
export const WORKER_COMMAND = 'worker'

export function addWorkerCommand(program: Command, context: CommandContext): void {
  program.command(WORKER_COMMAND, { hidden: true }).action(async () => {
    const { runWorker } = await import('./worker.ts')
    await runWorker(context)
  })
}
