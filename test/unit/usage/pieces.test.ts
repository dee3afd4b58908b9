import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pieces } from '../../../src-main/usage/sums/usage-reports.ts'

const WIDTHS = [6144, 768, 96, 24, 4, 1]

const levels = fc
  .array(fc.tuple(fc.nat(40_000), fc.nat(40_000)), { minLength: WIDTHS.length, maxLength: WIDTHS.length })
  .map((bounds) =>
    bounds.map(([since, upto], index) => {
      const width = WIDTHS[index] ?? 1
      return { width, since: since - (since % width), upto: upto - (upto % width) }
    }),
  )

test('pieces cover a range exactly once, each aligned to its width and within the blocks there are', () => {
  fc.assert(
    fc.property(fc.nat(40_000), fc.nat(40_000), levels, (from, length, there) => {
      let at = from
      for (const piece of pieces(from, from + length, there)) {
        expect(piece.from).toBe(at)
        expect(piece.to).toBeGreaterThan(piece.from)
        at = piece.to
        if (piece.width === 'quarters') continue
        const level = there.find(({ width }) => width === piece.width)
        expect([piece.from % piece.width, piece.to % piece.width]).toEqual([0, 0])
        expect(piece.from).toBeGreaterThanOrEqual(level?.since ?? Infinity)
        expect(piece.to).toBeLessThanOrEqual(level?.upto ?? 0)
      }
      expect(at).toBe(from + length)
    }),
  )
})

test('where every block is there, years are read in few pieces', () => {
  const all = WIDTHS.map((width) => ({ width, since: 0, upto: 10_000_000 }))
  // Two years and a day, from a quarter to six in the morning on.
  expect(pieces(2_000_023, 2_000_023 + 731 * 96, all).length).toBeLessThanOrEqual(11)
})
