import { readdirSync, readlinkSync } from 'node:fs'

/** The processes on Linux that run this program, also when its file has been replaced since they were started. */
export function processesOf(program: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.filter((pid) => [program, `${program} (deleted)`].includes(programOf(pid))).map(Number)
}

function programOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`)
  } catch {
    // It has ended, or is another user's.
    return ''
  }
}
