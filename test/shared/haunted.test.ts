import { expect, it } from 'vitest'
import { whyNoPostgres } from '../support/postgres.ts'
import { runHaunted } from './run/run.ts'

const missing = whyNoPostgres()
/** `LATCHKEY_SHARED_SECONDS=600 LATCHKEY_SHARED_SEED=7 npm test -- test/shared/haunted.test.ts` repeats a longer run. */
const seconds = Number(process.env['LATCHKEY_SHARED_SECONDS'] ?? 60)
const seed = Number(process.env['LATCHKEY_SHARED_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const MARGIN_MS = 120_000

it('three gateways keep their promises through kills, pauses and cuts', {
  timeout: seconds * 1_000 + MARGIN_MS,
}, async ({ skip }) => {
  if (missing !== undefined) return skip(missing)
  const { tally, violations } = await runHaunted({ seed, seconds })
  const counts = Object.entries(tally).toSorted(([one], [other]) => (one < other ? -1 : 1))
  console.log(`seed ${seed}, ${seconds} s: ${counts.map(([what, count]) => `${what} ${count}`).join(', ')}`)
  console.log(`violations ${violations.length}`)
  const examples = [...Map.groupBy(violations, ({ promise }) => promise)].flatMap(([, broken]) => broken.slice(0, 8))
  expect(examples.map(({ promise, detail }) => `${promise}: ${detail}`)).toEqual([])
})
