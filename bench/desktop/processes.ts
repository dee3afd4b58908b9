import { readdirSync, readFileSync } from 'node:fs'

/** A process of a running app. */
export interface AppProcess {
  readonly pid: number
  /** `main`, or what Chromium calls it: `renderer`, `gpu-process`, `utility`, `zygote`. */
  readonly kind: string
}

/** The use of each thread so far, by thread. */
export type Costs = ReadonlyMap<number, Cost>

interface Cost {
  /** Of processor time. */
  readonly microseconds: number
  /** How often it has gone to sleep, which is how often it woke. */
  readonly wakeUps: number
}

/** A process and all below it. */
export function processesOf(pid: number): AppProcess[] {
  const kind = /--type=([\w-]+)/.exec(textOf(`/proc/${pid}/cmdline`))?.[1] ?? 'main'
  return [{ pid, kind }, ...childrenOf(pid).flatMap(processesOf)]
}

export function costsOf(processes: readonly AppProcess[]): Costs {
  const threads = processes.flatMap(({ pid }) => tasksOf(pid).map((thread) => [pid, thread] as const))
  return new Map(threads.map(([pid, thread]) => [thread, costOf(`/proc/${pid}/task/${thread}`)]))
}

/** A thread that ended in between takes its last part with it; none of a process at rest does much before it ends. */
export function costBetween(before: Costs, after: Costs): Cost {
  let [microseconds, wakeUps] = [0, 0]
  for (const [thread, cost] of after) {
    microseconds += cost.microseconds - (before.get(thread)?.microseconds ?? 0)
    wakeUps += cost.wakeUps - (before.get(thread)?.wakeUps ?? 0)
  }
  return { microseconds, wakeUps }
}

/**
 * Bytes of memory that processes take together, in which a file that several of them have mapped counts once: as their
 * proportional share (PSS) would be if nobody else ran the same program. Only root may ask it of a sandboxed one.
 */
export function memoryOf(pids: readonly number[]): number {
  const files = new Map<string, number>()
  let own = 0
  for (const pid of pids) {
    // Pages that only forks of one another share are theirs alone: of these the kernel's own share is right.
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    own += kilobytes(rollup, 'Pss_Anon') + kilobytes(rollup, 'Pss_Shmem')
    for (const [mapping, size] of mappedFiles(pid)) files.set(mapping, Math.max(size, files.get(mapping) ?? 0))
  }
  return (own + [...files.values()].reduce((sum, size) => sum + size, 0)) * 1024
}

/** Kilobytes in memory, by the part of a file that is mapped. */
function mappedFiles(pid: number): [mapping: string, kilobytes: number][] {
  const mappings = readFileSync(`/proc/${pid}/smaps`, 'utf8').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)
  return mappings.flatMap((mapping): [string, number][] => {
    const [, offset, path] = /^\S+ \S+ (\S+) \S+ \d+ +(\/.*)$/m.exec(mapping) ?? []
    if (path === undefined || path.startsWith('/dev/shm/') || path.startsWith('/memfd:')) return []
    return [[`${path} ${offset}`, kilobytes(mapping, 'Rss') - kilobytes(mapping, 'Anonymous')]]
  })
}

function kilobytes(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0)
}

function costOf(task: string): Cost {
  return {
    microseconds: (Number.parseInt(textOf(`${task}/schedstat`), 10) || 0) / 1000,
    wakeUps: Number(/^voluntary_ctxt_switches:\s+(\d+)$/m.exec(textOf(`${task}/status`))?.[1] ?? 0),
  }
}

function childrenOf(pid: number): number[] {
  return tasksOf(pid).flatMap((thread) =>
    textOf(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  )
}

/** Processes and threads may end before they are read. */
function tasksOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number)
  } catch {
    return []
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
