#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { PersonError } from '#shared/person-error.ts'
import { redactSecrets } from '#shared/secret.ts'
import type { CommandContext } from './command-context.ts'
import { addConsoleCommand } from './console-command.ts'
import { addDoctorCommand } from './doctor-command.ts'
import { VERSION } from './headless-host.ts'
import { addKeyCommands } from './key-commands.ts'
import { addOriginCommands } from './origin-commands.ts'
import { addServeCommand } from './serve-command.ts'
import { addUsageCommand } from './usage-command.ts'

// The command line: exit code 0 done, 1 failed with one sentence on stderr, 2 wrong usage.
const context: CommandContext = {
  env: process.env,
  now: Date.now,
  print: (line) => void process.stdout.write(`${line}\n`),
  warn: (line) => void process.stderr.write(`${line}\n`),
}

// `latchkey key list | head -1` closes the pipe before the rest is written: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

try {
  await buildProgram(context).parseAsync()
} catch (error) {
  process.exitCode = exitCodeFor(error)
}

function buildProgram(surroundings: CommandContext): Command {
  const program = new Command('latchkey')
    .description('A key for your local Ollama: lets browser extensions and web apps in, one key at a time.')
    .version(VERSION)
    // Before the commands are added, so that they inherit it.
    .exitOverride()
    .showHelpAfterError('(add --help for what is possible)')
  for (const add of [
    addServeCommand,
    addKeyCommands,
    addOriginCommands,
    addUsageCommand,
    addDoctorCommand,
    addConsoleCommand,
  ]) {
    add(program, surroundings)
  }
  return program
}

function exitCodeFor(error: unknown): number {
  // commander has said what is wrong; `--help` and `--version` come this way too, with 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  const sentence = error instanceof PersonError ? error.message : `Latchkey failed: ${String(error)}`
  context.warn(redactSecrets(sentence))
  return 1
}
