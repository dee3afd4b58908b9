import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readPage } from '../../../src-main/usage/exchange-pages.ts'
import type { UsageStore } from '../../../src-main/usage/ports.ts'
import type { Exchange } from '../../../src-shared/gateway/exchange.ts'
import { QUARTER_MS } from '../../../src-shared/keys/stored.ts'
import { exchange, NOW } from '../fixtures.ts'
import type { OpenUsage, UsageSubject } from './usage-subjects.ts'

const DAY_MS = 86_400_000
const quarter = Math.floor(NOW / QUARTER_MS)
const KEYS = ['a', 'b', null] as const
const SITES = ['https://one.example', 'https://two.example', null] as const
const BY = ['model', 'key', 'origin', 'route', 'all'] as const

const made = fc.record({
  // Of the last hours, and of up to three months ago.
  back: fc.oneof(fc.nat(12), fc.nat(90 * 96)),
  keyId: fc.constantFrom(...KEYS),
  origin: fc.constantFrom(...SITES),
  model: fc.constantFrom('llama3', 'qwen'),
  outcome: fc.constantFrom('ok' as const, 'refused' as const),
  promptTokens: fc.option(fc.nat(5000)),
  durationMs: fc.integer({ min: 1, max: 100_000 }),
})

type Made = typeof made extends fc.Arbitrary<infer T> ? T : never

const gateway = fc.nat(2)
const action = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      gateway,
      kept: fc.array(made, { maxLength: 12, size: 'max' }),
      summedOnly: fc.array(made, { maxLength: 2 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('roll up' as const),
      back: fc.oneof(fc.nat(3), fc.nat(80 * 96)),
      steps: fc.nat(6),
    }),
  },
  fc.record({ do: fc.constant('forget' as const), gateway, whose: fc.constantFrom('key' as const, 'site' as const) }),
  fc.record({ do: fc.constant('prune' as const), days: fc.nat(60) }),
  fc.record({ do: fc.constant('restart' as const) }),
  fc.record({ do: fc.constant('forget everything' as const), gateway }),
)

/** From and to in quarters before now. */
const range = fc.tuple(fc.nat(95 * 96), fc.nat(95 * 96)).map(([one, other]) => ({
  from: quarter + 1 - Math.max(one, other),
  to: quarter + 1 - Math.min(one, other),
}))

/** What is expected of the store, in the simplest form. */
interface Model {
  summed: Exchange[]
  raw: Exchange[]
}

/** Random use by three gateways gives the same sums as a plain list. */
export function usageModelContract(subject: UsageSubject): void {
  test('whatever three gateways write, roll up, forget and delete, each exchange is in every sum exactly once', async () => {
    let number = 0
    const exchanges = (changes: readonly Made[]) =>
      changes.map(({ back, ...change }) => exchange(`x-${number++}`, { ...change, time: NOW - back * QUARTER_MS }))
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { minLength: 3, maxLength: 14, size: 'max' }),
        fc.array(range, { minLength: 3, maxLength: 3 }),
        async (actions, ranges) => {
          const usage = await subject.open()
          let model: Model = { summed: [], raw: [] }
          for (const one of actions) {
            if (one.do === 'append') {
              const [kept, summedOnly] = [exchanges(one.kept), exchanges(one.summedOnly)]
              await at(usage, one.gateway).append(kept, summedOnly)
              model = { summed: [...model.summed, ...kept, ...summedOnly], raw: [...model.raw, ...kept] }
            } else if (one.do === 'roll up') {
              for (let step = 0; step < one.steps; step++) await at(usage, 0).rollUp(quarter + 1 - one.back)
            } else if (one.do === 'forget') {
              const isLeft = (each: Exchange) => (one.whose === 'key' ? each.keyId !== 'a' : each.origin !== SITES[0])
              const gone = await at(usage, one.gateway).forget(
                one.whose === 'key' ? { keyId: 'a' } : { origin: SITES[0] },
                quarter + 1,
              )
              expect(gone).toBe(model.raw.filter((each) => !isLeft(each)).length)
              model = { summed: model.summed.filter(isLeft), raw: model.raw.filter(isLeft) }
            } else if (one.do === 'prune') {
              const before = Math.floor(NOW / DAY_MS - one.days) * DAY_MS
              while (await at(usage, 0).prune(before, 200));
              model = { ...model, raw: model.raw.filter(({ time }) => time >= before) }
            } else if (one.do === 'restart') {
              await usage.restart()
            } else {
              expect(await at(usage, one.gateway).forget('everything', quarter + 1)).toBe(model.raw.length)
              model = { summed: [], raw: [] }
            }
            await expectRaw(at(usage, 1), model.raw)
            await expectSums(at(usage, 2), model.summed, { from: 0, to: quarter + 1 })
          }
          for (const one of ranges) await expectSums(at(usage, 1), model.summed, one)
          while (await at(usage, 0).rollUp(quarter + 1));
          for (const one of ranges) await expectSums(at(usage, 2), model.summed, one)
          await usage.close()
        },
      ),
      { numRuns: subject.runs(10) },
    )
  })
}

function at(usage: OpenUsage, index: number): UsageStore {
  const store = usage.gateways()[index]
  if (store === undefined) throw new Error('there is no such gateway')
  return store
}

async function expectRaw(store: UsageStore, raw: readonly Exchange[]): Promise<void> {
  const found = await readPage(store, { limit: 5000 })
  expect(found.map(({ id }) => id).sort()).toEqual(raw.map(({ id }) => id).sort())
}

async function expectSums(
  store: UsageStore,
  summed: readonly Exchange[],
  { from, to }: { from: number; to: number },
): Promise<void> {
  const within = summed.filter(({ time }) => time >= from * QUARTER_MS && time < to * QUARTER_MS)
  await store.read(async (sums) => {
    for (const by of BY) {
      const expected = Map.groupBy(within, (one) => (by === 'all' ? '' : one[by === 'key' ? 'keyId' : by]) ?? '')
      const found = await sums.times(by, from, to)
      const counts = found.map(({ value, requests, refused, promptTokens, completionTokens, unmetered, duration }) => [
        value,
        { requests, refused, promptTokens, completionTokens, unmetered, durations: countIn(duration) },
      ])
      expect(Object.fromEntries(counts)).toEqual(
        Object.fromEntries(Array.from(expected, ([value, ones]) => [value, countsOf(ones)])),
      )
      const fast = await sums.sums(by, from, to)
      const requestsOf = (rows: readonly { value: string; requests: number }[]) =>
        Object.fromEntries(rows.map(({ value, requests }) => [value, requests]))
      expect(requestsOf(fast)).toEqual(requestsOf(found))
    }
    const pairs = await sums.keyModels(from, to, 'b')
    expect(pairs.reduce((sum, { requests }) => sum + requests, 0)).toBe(
      within.filter(({ keyId }) => keyId === 'b').length,
    )
  })
}

function countsOf(ones: readonly Exchange[]) {
  const sum = (of: (one: Exchange) => number) => ones.reduce((total, one) => total + of(one), 0)
  return {
    requests: ones.length,
    refused: sum(({ outcome }) => Number(outcome === 'refused')),
    promptTokens: sum(({ promptTokens }) => promptTokens ?? 0),
    completionTokens: sum(({ completionTokens }) => completionTokens ?? 0),
    unmetered: sum(({ metered }) => Number(!metered)),
    durations: sum(({ outcome }) => Number(outcome !== 'refused')),
  }
}

/** The number of times in a sketch, from its stored form: pairs of a bucket and a count below 128. */
function countIn(sketch: { toBytes(): Uint8Array }): number {
  return sketch.toBytes().reduce((sum, byte, index) => (index % 2 === 1 ? sum + byte : sum), 0)
}
