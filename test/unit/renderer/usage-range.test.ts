import { describe, expect, it } from 'vitest'
import { dayOf, firstState, rangeOf } from '../../../src-renderer/pages/usage/usage-state.ts'

const NOON = new Date(2026, 7, 14, 12).getTime()

describe('a range of days', () => {
  it('goes from the first midnight to the end of the last day, on this computer’s clock', () => {
    expect(rangeOf(fields('2026-08-01', '2026-08-03'), NOON)).toEqual({
      from: new Date(2026, 7, 1).getTime(),
      to: new Date(2026, 7, 4).getTime(),
    })
  })

  it('ends now where its last day is not over', () => {
    expect(rangeOf(fields('2026-08-14', '2026-08-14'), NOON)).toEqual({ from: new Date(2026, 7, 14).getTime() })
  })

  it.each([
    ['empty', '', '2026-08-03'],
    ['the wrong way round', '2026-08-04', '2026-08-03'],
    ['half typed', '0002-08-01', '2026-08-03'],
    ['no day', '2026-02-30', '2026-08-03'],
    ['still to come', '2026-08-15', '2026-08-16'],
  ])('is none where it is %s', (_, first, last) => {
    expect(rangeOf(fields(first, last), NOON)).toBeNull()
  })

  it('is at first the last 30 days', () => {
    const { first, last } = firstState(NOON)
    expect([first, last]).toEqual(['2026-07-16', '2026-08-14'])
    expect(last).toBe(dayOf(NOON))
  })
})

function fields(first: string, last: string) {
  return { ...firstState(NOON), first, last }
}
