// The store is a double: half a million rows would take long to write.
import { expect, test } from 'vitest'
import { readKeyPlaces } from '../../../src-main/usage/key-places.ts'

const use = { origin: null, userAgent: 'curl', model: 'llama3', requests: 10 }

test('counting ends at a bound, tells how far back it went, and leaves the process to others between steps', async () => {
  let steps = 0
  let turns = 0
  const ticking = setInterval(() => (turns += 1), 0)
  const placesStep = async () => {
    steps += 1
    return { found: [{ ...use, lastAt: 1_000_000 - steps }], next: { time: 1_000_000 - steps, row: 1 } }
  }
  const places = await readKeyPlaces({ placesStep }, { key: 'k' })
  clearInterval(ticking)
  expect(places.since).toBe(1_000_000 - steps)
  expect(places.programs.places).toEqual([{ value: 'curl', requests: 10 * steps, lastAt: 999_999 }])
  expect(steps).toBeLessThanOrEqual(250)
  expect(turns).toBeGreaterThan(0)
})

test('the latest places are listed, and the number of older ones is told', async () => {
  const found = Array.from({ length: 60 }, (_, at) => ({ ...use, origin: `https://${at}.example`, lastAt: at }))
  const { sites, models, since } = await readKeyPlaces({ placesStep: async () => ({ found, next: undefined }) }, {})
  expect(sites.places).toHaveLength(50)
  expect(sites.places[0]).toEqual({ value: 'https://59.example', requests: 10, lastAt: 59 })
  expect(sites.others).toBe(10)
  expect(models).toEqual({ places: [{ value: 'llama3', requests: 600, lastAt: 59 }], others: 0 })
  expect(since).toBeNull()
})
