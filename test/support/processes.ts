import { readdirSync, readlinkSync } from 'node:fs'

/** The processes on Linux that run this program, even if its file was replaced since. */
export function processesOf(program: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.filter((pid) => [program, `${program} (deleted)`].includes(programOf(pid))).map(Number)
}

function programOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`)
  } catch {
    // The process has ended or belongs to another user.
    return ''
  }
}
