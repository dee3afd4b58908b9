import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** CPU time in microseconds of a process and its descendants so far. Linux only. */
export function cpuMicroseconds(pid: number): number {
  return sumOverTree(pid, cpuOf)
}

/** Resident memory in bytes of a process and its descendants. */
export function residentBytes(pid: number): number {
  return sumOverTree(pid, residentOf)
}

/** The number of sleeps, and so of wake-ups, of all threads of a process and its descendants so far. */
export function wakeUps(pid: number): number {
  return sumOverTree(pid, wakeUpsOf)
}

/** CPU time in microseconds of children of a process that have ended. Linux only; counts hundredths of a second. */
export function cpuOfEndedChildren(pid: number): number {
  const fields = statOf(pid)
  return (Number(fields[13]) + Number(fields[14])) * 10_000
}

/** A child can end at any time, and then takes no part. */
function sumOverTree(pid: number, measure: (pid: number) => number): number {
  return measure(pid) + childrenOf(pid).reduce((sum, child) => sum + unlessEnded(child, measure), 0)
}

function unlessEnded(pid: number, measure: (pid: number) => number): number {
  try {
    return sumOverTree(pid, measure)
  } catch {
    return 0
  }
}

/** schedstat counts nanoseconds; the fallback, stat, only hundredths of a second. */
function cpuOf(pid: number): number {
  if (existsSync(`/proc/${pid}/schedstat`)) {
    return sum(ofEachThread(pid, 'schedstat', (text) => Number.parseInt(text, 10))) / 1000
  }
  const fields = statOf(pid)
  return (Number(fields[11]) + Number(fields[12])) * 10_000
}

/** The fields after the name, which can contain blanks. */
function statOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
}

function residentOf(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(match?.[1] ?? 0) * 1024
}

function wakeUpsOf(pid: number): number {
  const switches = (status: string) => Number(/^voluntary_ctxt_switches:\s+(\d+)$/m.exec(status)?.[1] ?? 0)
  return sum(ofEachThread(pid, 'status', switches))
}

function childrenOf(pid: number): number[] {
  return ofEachThread(pid, 'children', (text) => text.split(' ').filter(Boolean).map(Number)).flat()
}

/** Reads one file of each thread. A thread that ends between the listing and the reading is left out. */
function ofEachThread<T>(pid: number, file: string, read: (text: string) => T): T[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
    try {
      return [read(readFileSync(`/proc/${pid}/task/${thread}/${file}`, 'utf8'))]
    } catch {
      return []
    }
  })
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
