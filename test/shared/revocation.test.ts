import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startOwnClock } from '../support/own-clock.ts'
import { whyNoPostgres } from '../support/postgres.ts'
import { Cluster } from './run/cluster.ts'
import { timeToRevoke } from './run/revocation.ts'

const missing = whyNoPostgres()
const TIMES = 40
const TIMES_UNHEARD = 6

describe('a key that is disabled at one gateway', () => {
  let cluster: Cluster | undefined
  beforeAll(async () => {
    if (missing === undefined) cluster = await Cluster.start({ gateways: 2 })
  })
  afterAll(() => cluster?.close())

  const times = async (count: number, before?: () => Promise<void>) => {
    const [here, there] = (cluster?.running ?? []).map(({ serve }) => serve)
    if (here === undefined || there === undefined) throw new Error('two gateways must run')
    const taken: number[] = []
    while (taken.length < count) taken.push(await timeToRevoke({ here, there, before, startClock: startOwnClock }))
    return taken.toSorted((one, other) => one - other)
  }

  it('ends its stream at another one within a second', async ({ skip }) => {
    if (missing !== undefined) return skip(missing)
    const taken = await times(TIMES)
    console.log(`time to revoke: median ${taken[TIMES / 2]} ms, longest of ${TIMES} ${taken.at(-1)} ms`)
    expect(taken.at(-1)).toBeLessThan(1_000)
  })

  it('ends its stream within five seconds if the notification is lost', async ({ skip }) => {
    if (missing !== undefined) return skip(missing)
    const taken = await times(TIMES_UNHEARD, async () => cluster?.members[1]?.proxy.cut())
    console.log(`with lost notifications: ${taken.join(', ')} ms`)
    expect(taken.at(-1)).toBeLessThan(5_000)
  })
})
