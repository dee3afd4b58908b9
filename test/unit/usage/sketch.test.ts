import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytesOfBuckets, mergeBytes, Sketch } from '#shared/usage/sketch.ts'

const buckets = fc.array(fc.oneof(fc.nat(255), fc.nat(3)), { maxLength: 600 })

/** The plain way: one after the other. */
function addedUp(all: readonly number[]): Uint8Array {
  const sketch = new Sketch()
  for (const bucket of all) sketch.addBucket(bucket)
  return sketch.toBytes()
}

test('buckets in any order, and what is merged, are as if all had been added up one by one', () => {
  fc.assert(
    fc.property(buckets, buckets, (one, other) => {
      expect(bytesOfBuckets(one)).toEqual(addedUp(one))
      expect(mergeBytes(bytesOfBuckets(one), bytesOfBuckets(other))).toEqual(addedUp([...one, ...other]))
    }),
  )
})

test('a count that a damaged file has cut off is left out', () => {
  const whole = addedUp([7, 7, ...Array.from({ length: 300 }, () => 9)])
  const cut = whole.slice(0, -1)
  expect(mergeBytes(cut, bytesOfBuckets([3]))).toEqual(addedUp([3, 7, 7]))
  const sketch = new Sketch()
  sketch.addBytes(cut)
  expect(sketch.toBytes()).toEqual(addedUp([7, 7]))
})
