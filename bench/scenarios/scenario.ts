import type { Running } from '../subjects/subject.ts'
import type { LoadJob, LoadResult } from '../traffic.ts'

/** Numbers by the name of what was measured, with its unit: `CPU µs`. The first is the one that ratios are made of. */
export type Measures = Readonly<Record<string, number>>

export interface Tools {
  /** Runs a job in the load process. */
  load(job: LoadJob): Promise<LoadResult>
  /** A second process of the same subject, which is stopped when `use` has ended. */
  withFresh<T>(use: (fresh: Running) => Promise<T>): Promise<T>
}

/** One thing that is measured of each subject in each round. */
export interface Scenario {
  readonly name: string
  readonly title: string
  /** Rounds that are not measured, in which what is new in this scenario becomes hot. */
  readonly warmUps: number
  /** Whether this subject takes part: a floor that cannot stream does not. */
  suits(subject: string): boolean
  measure(running: Running, tools: Tools): Promise<Measures>
}

/** Subjects that only the scenarios about them want. */
export const EVERYONE = (subject: string) => subject !== 'Latchkey, no records'
// Each a whole HTTP client towards the upstream.
const STREAMING_FLOORS: readonly string[] = ['floor: own client', 'floor: undici', 'floor: node:http']
/** Those that pass a stream on. */
export const STREAMING = (subject: string) =>
  EVERYONE(subject) && (!subject.startsWith('floor') || STREAMING_FLOORS.includes(subject))
/** Those that have a process of their own to start. */
export const STARTABLE = (subject: string) => STREAMING(subject) && subject !== 'upstream alone'
