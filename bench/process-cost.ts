import { readdirSync, readFileSync } from 'node:fs'

/** Processor time in microseconds that a process and all below it have used so far. Linux only. */
export function cpuMicroseconds(pid: number): number {
  return sumOverTree(pid, cpuOf)
}

/** Resident memory in bytes of a process and all below it. */
export function residentBytes(pid: number): number {
  return sumOverTree(pid, residentOf)
}

function sumOverTree(pid: number, measure: (pid: number) => number): number {
  return measure(pid) + childrenOf(pid).reduce((sum, child) => sum + sumOverTree(child, measure), 0)
}

/** schedstat counts nanoseconds; stat, which it falls back to, only hundredths of a second. */
function cpuOf(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`)
  try {
    return tasks.reduce((sum, task) => sum + firstNumber(`/proc/${pid}/task/${task}/schedstat`) / 1000, 0)
  } catch {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
    return (Number(fields[11]) + Number(fields[12])) * 10_000
  }
}

function residentOf(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(match?.[1] ?? 0) * 1024
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
}

function firstNumber(path: string): number {
  return Number.parseInt(readFileSync(path, 'utf8'), 10)
}
