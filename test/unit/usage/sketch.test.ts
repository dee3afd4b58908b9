import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bucketOf, bytesOfBuckets, mergeBytes, Sketch } from '#shared/usage/sketch.ts'

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

test('a quantile is in the bucket in which a sorted list has it, with few buckets and with many', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(255), { minLength: 1, maxLength: 40 }), fc.constantFrom(0.5, 0.95, 1), (all, part) => {
      const sketch = new Sketch()
      sketch.addBytes(bytesOfBuckets(all))
      const sorted = [...all].sort((one, other) => one - other)
      const expected = sorted[Math.max(1, Math.ceil(part * all.length)) - 1]
      expect(bucketOf(sketch.quantile(part) ?? Number.NaN)).toBe(expected)
    }),
  )
  expect(new Sketch().quantile(0.5)).toBeNull()
})

test('a count of nothing in a damaged file is not kept', () => {
  const sketch = new Sketch()
  sketch.addBytes(Uint8Array.of(5, 0, 7, 2))
  expect(sketch.toBytes()).toEqual(addedUp([7, 7]))
})
