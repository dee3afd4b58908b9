import { Sketch } from '#shared/sketch.ts'

/** The SQL function `merge_sketches`: two sketches as they are kept, as one. */
export function mergeSketches(one: unknown, other: unknown): Uint8Array {
  const sketch = new Sketch()
  sketch.addBytes(one as Uint8Array)
  sketch.addBytes(other as Uint8Array)
  return sketch.toBytes()
}
