import { expect } from 'vitest'
import { runCommandLine } from '../../src-main/headless/command-line.ts'
import type { CommandResult } from '../support/serve.ts'

/** Runs one command in this process, with or without a running serve. Faster than starting a process. */
export async function runHere(dataDir: string, ...args: string[]): Promise<CommandResult> {
  let stdout = ''
  let stderr = ''
  const code = await runCommandLine(args, {
    env: { LATCHKEY_DATA_DIR: dataDir },
    now: Date.now,
    print: (line) => (stdout += `${line}\n`),
    warn: (line) => (stderr += `${line}\n`),
  })
  return { code, stdout, stderr }
}

/** The parsed `--json` output of a command, which must succeed and print nothing else. */
export async function jsonHere<T>(dataDir: string, ...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await runHere(dataDir, ...args, '--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout) as T
}
