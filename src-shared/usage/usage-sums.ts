import type { Sketch } from './sketch.ts'
import type { Dimension, UsageSums } from './usage.ts'

/** The dimensions of stored sums. `all` has one value, the empty string. `person` is derived from the keys. */
export type SummedBy = Exclude<Dimension, 'person'> | 'all'

/** Sums of one value of a dimension over a range of quarter hours. */
export interface ValueSums extends UsageSums {
  /** The model, key id, origin or route; empty if the exchanges had none. */
  readonly value: string
}

/** Sums with response times. */
export interface ValueTimes extends ValueSums {
  readonly firstByte: Sketch
  readonly duration: Sketch
  /** Total duration in milliseconds of the answers with completion tokens. */
  readonly tokenMs: number
}

/** Sums for one key and one model. */
export interface KeyModelSums extends UsageSums {
  /** Empty if the exchanges had no key. */
  readonly key: string
  readonly model: string
}
