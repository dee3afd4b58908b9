import type { ChildProcess } from 'node:child_process'

export interface StartOptions {
  readonly upstreamPort: number
  /** For files of its own; removed after the run. */
  readonly dir: string
}

/** A running proxy. */
export interface Running {
  readonly port: number
  /** What a request must carry as its bearer token. */
  readonly secret: string
  /** The process, of which it and all below it count. */
  readonly child: ChildProcess
  /** From spawning the process to its port taking connections. */
  readonly startMs: number
}

/** One of the programs that are compared. */
export interface Subject {
  readonly name: string
  /** Why it cannot run here, or undefined. */
  absent(): string | undefined
  start(options: StartOptions): Promise<Running>
}

/** The secret of those subjects that do not make their own. */
export const FIXED_SECRET = 'sk-bench-0123456789abcdefghijklmnopqrstuv'
