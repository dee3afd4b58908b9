/** All times are ms on the clock of the process that runs the clients. */

/** What every gateway keeps the same value of: for example whether a key is enabled, or its name. */
export type Register = string
export type Value = boolean | string

/** A change that a client asked for at a gateway. */
export interface Write {
  readonly register: Register
  /** undefined if the thing is removed. */
  readonly value: Value | undefined
  readonly gateway: number
  readonly from: number
  /** When the answer came. If it was unsure: until when the change may take effect. */
  readonly to: number
  /** `refused`: the gateway said that it changed nothing. */
  readonly outcome: 'done' | 'refused' | 'unsure'
  /** Changes of one request, which take effect together or not at all. */
  readonly group?: string
}

/** A request with a key. It is allowed if all registers of `needs` are true. */
export interface Request {
  readonly gateway: number
  readonly key: string
  readonly needs: readonly Register[]
  readonly from: number
  /** When the head of its answer came, or its failure. */
  readonly head: number
  /** The gateway judged the request no earlier. Each piece of a stream is judged, so this is the last but one piece. */
  readonly judged: number
  /** When its answer ended; for a stream, when its latest piece came. */
  readonly to: number
  /** `unknown`: no answer, or one that says nothing about the rights. */
  readonly verdict: 'allowed' | 'refused' | 'unknown'
}

/** The value of a register as a gateway shows it. */
export interface Look {
  readonly gateway: number
  readonly register: Register
  readonly value: Value | undefined
  readonly from: number
  readonly to: number
}

/** A time in which a gateway, or each of them (`gateway` undefined), cannot reach the database or does not run. */
export interface Cut {
  readonly gateway: number | undefined
  readonly from: number
  readonly to: number
}

/** A gateway that was killed and lost what was only in its memory. */
export interface Kill {
  readonly gateway: number
  readonly at: number
}

export interface History {
  readonly writes: readonly Write[]
  readonly requests: readonly Request[]
  readonly looks: readonly Look[]
  readonly cuts: readonly Cut[]
  readonly kills: readonly Kill[]
}

/** What a gateway may still believe. */
export interface Bounds {
  /** A gateway in contact knows a change so long after it was confirmed, even if a notification was lost. */
  readonly knownWithinMs: number
  /** So long after a cut a gateway is in contact again. */
  readonly recoveryMs: number
  /** So long a gateway that is cut off goes on. */
  readonly graceMs: number
}

export interface Violation {
  readonly promise: string
  readonly detail: string
}
