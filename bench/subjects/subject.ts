import type { ChildProcess } from 'node:child_process'

export interface StartOptions {
  readonly upstreamPort: number
  /** A folder for its files; removed after the run. */
  readonly dir: string
}

/** A running proxy. */
export interface Running {
  readonly port: number
  /** The bearer token that a request needs. */
  readonly secret: string
  /** The process to measure, with its descendants. */
  readonly child: ChildProcess
  /** From spawning the process until its port accepts connections. */
  readonly startMs: number
}

/** One of the compared programs. */
export interface Subject {
  readonly name: string
  /** Why it is not available here, or undefined. */
  absent(): string | undefined
  start(options: StartOptions): Promise<Running>
}

/** The secret of subjects that do not make their own. */
export const FIXED_SECRET = 'sk-bench-0123456789abcdefghijklmnopqrstuv'
