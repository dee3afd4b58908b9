import type { Measures } from '../scenarios/scenario.ts'

/** The messages between the bench and its process on the desktop. */
export interface DesktopJob {
  readonly rounds: number
  readonly parts: readonly string[]
  readonly settleMs: number
  readonly watchMs: number
  readonly exchanges: number
}

export type DesktopMessage =
  | { readonly measured: Measured }
  /** Asks for the memory of processes, which a normal user may not see of one that is sandboxed. */
  | { readonly memoryOf: readonly number[] }

/** Bytes of the first of them, and of all together. */
export interface DesktopAnswer {
  readonly first: number
  readonly all: number
}

export interface Measured {
  readonly scenario: string
  readonly title: string
  readonly subject: string
  readonly measures: Measures
}
