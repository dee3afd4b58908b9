import type { ChildProcess } from 'node:child_process'
import type { Target } from '../traffic.ts'

export interface StartOptions {
  readonly upstreamPort: number
  /** A folder for its files; removed after the run. */
  readonly dir: string
  /** Serves TLS there; undefined for plain HTTP on 127.0.0.1. */
  readonly tls?: TlsPlace | undefined
}

/** Where subjects serve TLS: an address of this computer that is not a loopback address, and a certificate for it. */
export interface TlsPlace {
  readonly address: string
  readonly certFile: string
  readonly keyFile: string
}

/** A running proxy. */
export interface Running extends Target {
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

/** Where a job's connections go. */
export function targetOf({ port, tlsAddress }: Running): Target {
  return { port, tlsAddress }
}

/** The secret of subjects that do not make their own. */
export const FIXED_SECRET = 'sk-bench-0123456789abcdefghijklmnopqrstuv'
