import type { Running } from '../subjects/subject.ts'
import type { LoadJob, LoadResult } from '../traffic.ts'

/** Numbers by measure, with its unit in the name: `CPU µs`. Ratios use the first one. */
export type Measures = Readonly<Record<string, number>>

export interface Tools {
  /** Runs a job in the load process. */
  load(job: LoadJob): Promise<LoadResult>
  /** Starts a second process of the same subject and stops it after `use`. */
  withFresh<T>(use: (fresh: Running) => Promise<T>): Promise<T>
}

/** One measurement of each subject in each round. */
export interface Scenario {
  readonly name: string
  readonly title: string
  /** Unmeasured rounds in which V8 compiles the code that is new in this scenario. */
  readonly warmUps: number
  /** True if this subject takes part; a floor that cannot stream does not. */
  suits(subject: string): boolean
  measure(running: Running, tools: Tools): Promise<Measures>
}

/** Subjects that only scenarios about them include. */
export const EVERYONE = (subject: string) => subject !== 'Latchkey, no records'
/** Subjects that can stream; only one of the floors can. */
export const STREAMING = (subject: string) =>
  EVERYONE(subject) && (!subject.startsWith('floor') || subject === 'floor: undici')
/** Subjects that start a process. */
export const STARTABLE = (subject: string) => STREAMING(subject) && subject !== 'upstream alone'
