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
/** Each has a whole HTTP client towards the upstream. */
const STREAMING_FLOORS: readonly string[] = ['floor: own client', 'floor: undici', 'floor: node:http']
/** Subjects that can stream. */
export const STREAMING = (subject: string) =>
  EVERYONE(subject) && (!subject.startsWith('floor') || STREAMING_FLOORS.includes(subject))
/** Subjects that start a process. */
export const STARTABLE = (subject: string) => STREAMING(subject) && subject !== 'upstream alone'
