import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { isRefusal, type Lease, type Refusal } from '#shared/gateway/decisions.ts'
import type { Limited } from '../../../src-main/access/limits/counters.ts'
import { type PostgresServer, startPostgres, whyNoPostgres, withClient } from '../../support/postgres.ts'
import { leaseOf, openShareHolder, type ShareHolder, type ShareHolderOptions } from '../../support/share-holder.ts'
import { until } from '../../support/until.ts'

const why = whyNoPostgres()
if (why !== undefined) console.warn(`skipped: ${why}`)

const NO_LIMITS: Limited = { id: 'key', requestsPerMinute: null, tokensPerDay: null, concurrency: null }

const REFUSED: Refusal = { refused: 'rate_limited' }

interface ShareRow {
  readonly kind: string
  readonly gateway: number
  readonly share: number
  readonly used: number
  readonly busy: number
}

describe.skipIf(why !== undefined)('limits of several gateways', () => {
  let server: PostgresServer
  let url: string
  const open: ShareHolder[] = []

  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.remove())
  afterEach(async () => {
    server.resume()
    await Promise.all(open.splice(0).map((holder) => holder.close()))
  })

  async function openHolders(count: number, key: Partial<Limited>, options: Partial<ShareHolderOptions> = {}) {
    url = await server.createDatabase()
    const holders: ShareHolder[] = []
    for (let number = 1; number <= count; number++) holders.push(await openOne(`gateway ${number}`, key, options))
    await until(async () => (await rows()).length === count * limitsIn(key), 'the first shares')
    return holders
  }

  async function openOne(name: string, key: Partial<Limited>, options: Partial<ShareHolderOptions> = {}) {
    const holder = await openShareHolder({ url, name, key: { ...NO_LIMITS, ...key }, ...options })
    open.push(holder)
    return holder
  }

  function rows(): Promise<ShareRow[]> {
    const query = 'SELECT kind, gateway, share::int, used::int, busy::int FROM latchkey.limit_shares ORDER BY gateway'
    return withClient(url, async (client) => (await client.query<ShareRow>(query)).rows)
  }

  async function sumOfShares(): Promise<number> {
    return (await rows()).reduce((sum, { share }) => sum + share, 0)
  }

  test('each gateway gets a part beforehand, also if the first had all of it', async () => {
    await openHolders(4, { requestsPerMinute: 80 })
    await until(async () => (await rows()).every(({ share }) => share > 0), 'a share for each')
    expect(await sumOfShares()).toBeLessThanOrEqual(80)
  })

  test('one gateway that needs it gets all of a limit', async () => {
    const [busy] = await openHolders(4, { requestsPerMinute: 80 })
    let admitted = 0
    await until(() => {
      if (leaseOf(busy?.admit() ?? REFUSED) !== undefined) admitted += 1
      return admitted === 80
    }, 'all requests of the limit')
    expect(busy?.admit()).toMatchObject(REFUSED)
    expect(await sumOfShares()).toBe(80)
  })

  test('a gateway that could not hear that there is room gets its part when it hears again', async () => {
    const [busy, deaf] = await openHolders(2, { concurrency: 40 })
    const leases: (Lease | undefined)[] = []
    await until(() => {
      const lease = leaseOf(busy?.admit() ?? REFUSED)
      if (lease !== undefined) leases.push(lease)
      return leases.length === 40
    }, 'all of the limit')
    await until(
      async () => ((await rows()).find(({ gateway }) => gateway === 2)?.share ?? 0) === 0,
      'nothing for the other one',
    )
    deaf?.proxy.mode('blackhole')
    for (const lease of leases) lease?.end(0)
    await until(async () => (await rows()).find(({ gateway }) => gateway === 1)?.share === 10, 'the share to go back')
    deaf?.proxy.mode('pass')
    deaf?.proxy.cut()
    await until(
      async () => (await rows()).find(({ gateway }) => gateway === 2)?.share === 10,
      'the part of the other one',
    )
  })

  test('a share that is not used goes back', async () => {
    const [first] = await openHolders(2, { concurrency: 40 })
    const leases = Array.from({ length: 10 }, () => leaseOf(first?.admit() ?? REFUSED))
    await until(async () => (await rows())[0]?.busy === 10, 'the report')
    for (const lease of leases) lease?.end(0)
    await until(async () => (await rows())[0]?.busy === 0 && (await rows())[0]?.share === 10, 'the share to go back')
  })

  test('a burst that finds too small a share waits a moment for more, and all of a limit can be used', async () => {
    const [first] = await openHolders(3, { requestsPerMinute: 60 })
    let admitted = 0
    const admit = () => {
      const isAdmitted = leaseOf(first?.admit() ?? REFUSED) !== undefined
      if (isAdmitted) admitted += 1
      return isAdmitted
    }
    const burst = Array.from({ length: 60 }, admit)
    const atOnce = admitted
    const refused = burst.filter((isAdmitted) => !isAdmitted)
    const verdicts = await Promise.all(
      refused.map(async () => (await first?.shares.moreSoon('key', 'person')) === true && admit()),
    )
    expect(verdicts).toContain(true)
    expect(admitted).toBeGreaterThan(atOnce)
    await until(() => admit() && admitted === 60, 'the rest of the limit')
    expect(first?.admit()).toMatchObject({ refused: 'rate_limited' })
  })

  test('requests go on at once while the database does not answer', async () => {
    const [first] = await openHolders(2, { requestsPerMinute: 100, concurrency: 100, tokensPerDay: 100_000 })
    server.pause()
    // No promise in between, so nothing can wait for the database, which does not answer.
    for (let count = 0; count < 20; count++) {
      const lease = leaseOf(first?.admit() ?? REFUSED)
      expect(lease?.reserve({ prompt: 10, answer: 10 })).toBeNull()
      lease?.end(20)
    }
    expect(first?.limits.useOf('key', 'requests', 'key').used).toBe(20)
    expect(first?.limits.useOf('key', 'tokens', 'key').used).toBe(400)
  })

  test('a gateway that is cut off uses what it has, and nothing after its grace', async () => {
    const [cutOff] = await openHolders(2, { concurrency: 100 }, { graceMs: 400 })
    cutOff?.proxy.mode('blackhole')
    expect(leaseOf(cutOff?.admit() ?? REFUSED)).toBeDefined()
    await until(() => cutOff?.store.shares.lease.isValid() === false, 'the end of the lease')
    expect(cutOff?.admit()).toEqual({ refused: 'too_many_at_once', retryAfter: 1 })
    cutOff?.proxy.mode('pass')
    cutOff?.proxy.cut()
    await until(() => leaseOf(cutOff?.admit() ?? REFUSED), 'the share to come back')
  })

  test('a gateway whose lease has ended without its notice uses none of its old share', async () => {
    const [stopped, other] = await openHolders(2, { concurrency: 10 })
    await withClient(url, (client) =>
      client.query('UPDATE latchkey.gateways SET alive_until = now() WHERE name = $1', ['gateway 1']),
    )
    // The others take back its share.
    await until(() => {
      leaseOf(other?.admit() ?? REFUSED)
      return (other?.limits.useOf('key', 'concurrency', 'key').busy ?? 0) === 10
    }, 'the whole limit')
    await until(() => stopped?.store.shares.lease.epoch === 2, 'the gateway to begin again')
    // One request at most: it knows nothing of the others yet.
    const admitted = Array.from({ length: 10 }, () => leaseOf(stopped?.admit() ?? REFUSED))
    expect(admitted.filter((lease) => lease !== undefined).length).toBeLessThanOrEqual(1)
  })

  test('what a killed gateway had is free when its successor begins, except the requests of its last minute', async () => {
    const key = { requestsPerMinute: 20, concurrency: 20 }
    const [killed, other] = await openHolders(2, key)
    for (let count = 0; count < 5; count++) leaseOf(killed?.admit() ?? REFUSED)
    const left = async () => (await rows()).filter(({ gateway }) => gateway === 1).map(({ kind }) => kind)
    await killed?.kill()
    open.splice(0, 1)
    await openOne('gateway 1', key)
    await until(() => {
      leaseOf(other?.admit() ?? REFUSED)?.end(0)
      return left().then((kinds) => kinds.length === 1)
    }, 'its running requests to be forgotten')
    expect(await left()).toEqual(['requests'])
  })

  test('spent tokens stay spent when a gateway is killed, and the rest comes back', async () => {
    const [killed, other] = await openHolders(2, { tokensPerDay: 1000 })
    leaseOf(killed?.admit() ?? REFUSED)?.end(200)
    await until(async () => (await rows())[0]?.busy === 200, 'the report')
    await killed?.kill()
    open.splice(0, 1)
    const successor = await openOne('gateway 1', { tokensPerDay: 1000 })
    let spent = 0
    await until(() => {
      const lease = leaseOf((spent % 2 === 0 ? other : successor)?.admit() ?? REFUSED)
      lease?.end(1)
      if (lease !== undefined) spent += 1
      const verdict = other?.admit()
      if (verdict !== undefined && !isRefusal(verdict)) verdict.end(0)
      return verdict !== undefined && isRefusal(verdict) && verdict.refused === 'budget_spent'
    }, 'the end of the budget')
    expect(spent).toBeLessThanOrEqual(802)
    expect(spent).toBeGreaterThanOrEqual(798)
  })

  test('people see what is left at all gateways together', async () => {
    const [first, second] = await openHolders(2, { concurrency: 40, requestsPerMinute: 40, tokensPerDay: 4000 })
    for (let count = 0; count < 3; count++) leaseOf(first?.admit() ?? REFUSED)?.reserve({ prompt: 5, answer: 5 })
    leaseOf(first?.admit() ?? REFUSED)?.end(70)
    await until(async () => {
      await second?.shares.refresh()
      const left = second?.limits.allowanceOf(second.key)
      return left?.atTheSameTime === 37 && left.requestsThisMinute === 36 && left.tokensToday === 3930
    }, 'what is left')
  })

  test('a lowered limit is kept by all gateways after a moment', async () => {
    const key = { requestsPerMinute: 100 }
    const holders = await openHolders(4, key)
    for (const holder of holders) Object.assign(holder.key, { requestsPerMinute: 8 })
    for (const holder of holders) holder.shares.look()
    await until(async () => (await sumOfShares()) <= 8, 'smaller shares')
    let admitted = 0
    for (let round = 0; round < 100; round++) {
      for (const holder of holders) if (leaseOf(holder.admit()) !== undefined) admitted += 1
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(admitted).toBeLessThanOrEqual(8)
  })

  test('a limit that is set at noon counts the tokens of the morning, of all gateways', async () => {
    const holders = await openHolders(2, {}, { spentBefore: 700 })
    // One has used 300 of them since it started, the other 100, and gateways that have ended 300.
    for (const [index, tokens] of [300, 100].entries()) leaseOf(holders[index]?.admit() ?? REFUSED)?.end(tokens)
    for (const holder of holders) {
      Object.assign(holder.key, { tokensPerDay: 1000 })
      await holder.shares.begin()
    }
    await until(async () => {
      await Promise.all(holders.map((holder) => holder.shares.refresh()))
      return holders.every((holder) => holder.limits.allowanceOf(holder.key).tokensToday === 300)
    }, 'the tokens of the morning')
  })

  test('gateways in two time zones say so', async () => {
    const [first] = await openHolders(1, { tokensPerDay: 10 })
    expect(first?.store.notices()).toEqual([])
    const second = await openOne('gateway 2', { tokensPerDay: 10 }, { timeZone: 'Europe/Berlin' })
    const codes = (holder: ShareHolder | undefined) => holder?.store.notices().map(({ code }) => code)
    await until(() => [first, second].every((one) => codes(one)?.includes('gateways_time_zones')), 'the notices')
    expect(second.store.notices()[0]?.parts).toEqual({ own: 'Europe/Berlin', other: 'UTC' })
  })

  test('gateways with different settings name them, until they are alike', async () => {
    const same = { registration: 'a', retentionDays: 'b' }
    const settings: Record<string, string> = { ...same, providers: 'c' }
    // The first has a version that knows fewer settings.
    const first = await openOne('gateway 1', {}, { settings: same })
    const second = await openOne('gateway 2', {}, { settings })
    const named = (holder: ShareHolder) =>
      holder.store.notices().flatMap(({ code, parts }) => (code === 'gateways_settings' ? [parts] : []))
    const state = async () => (await first.store.database()).differentSettings
    expect([named(first), named(second), await state()]).toEqual([[], [], []])
    settings['retentionDays'] = 'other'
    await until(() => [first, second].every((one) => named(one).length > 0), 'the notices')
    expect(named(first)).toEqual([{ settings: 'retentionDays' }])
    expect(await state()).toEqual(['retentionDays'])
    settings['retentionDays'] = 'b'
    await until(() => [first, second].every((one) => named(one).length === 0), 'the notices to go')
  })

  test('one gateway warns a person, whichever asks first', async () => {
    const [first, second] = await openHolders(2, { requestsPerMinute: 10 })
    const claim = async (holder: ShareHolder | undefined) => holder?.shares.claimWarning('person')
    const claims = await Promise.all([claim(first), claim(second), claim(first)])
    expect(claims.filter((isFirst) => isFirst === true)).toHaveLength(1)
  })
})

function limitsIn(key: Partial<Limited>): number {
  return [key.requestsPerMinute, key.tokensPerDay, key.concurrency].filter((limit) => limit != null).length
}
