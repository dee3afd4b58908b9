import { mergeBytes } from '#shared/usage/sketch.ts'

/** The SQL function `merge_sketches`: two sketches as they are kept, as one. */
export function mergeSketches(one: unknown, other: unknown): Uint8Array {
  return mergeBytes(one as Uint8Array, other as Uint8Array)
}
