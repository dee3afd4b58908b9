import { spawnSync } from 'node:child_process'

/** Runs a tool and returns its stdout. Throws with its messages if it fails. */
export function runTool(program: string, args: readonly string[], cwd?: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8', maxBuffer: 100_000_000 })
  if (status !== 0) throw new Error(`${program} failed: ${error?.message ?? stderr + stdout}`)
  return stdout
}
