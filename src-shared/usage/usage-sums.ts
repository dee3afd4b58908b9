import type { Sketch } from './sketch.ts'
import type { Dimension, UsageSums } from './usage.ts'

/** What sums are kept by. `all` has the one value `` (empty); owners are not kept: they are read off the keys. */
export type SummedBy = Exclude<Dimension, 'owner'> | 'all'

/** Sums over some quarter hours for one value of a dimension. */
export interface ValueSums extends UsageSums {
  /** The model, key id, origin or route; `` (empty) where the exchanges had none. */
  readonly value: string
}

/** Sums that also tell how fast answers came. */
export interface ValueTimes extends ValueSums {
  readonly firstByte: Sketch
  readonly duration: Sketch
  /** Milliseconds that the answers with completion tokens took. */
  readonly tokenMs: number
}

/** Sums for one key and one model. */
export interface KeyModelSums extends UsageSums {
  /** `` (empty) where the exchanges had none. */
  readonly key: string
  readonly model: string
}
