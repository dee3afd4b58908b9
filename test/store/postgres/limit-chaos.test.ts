import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Lease } from '#shared/gateway/decisions.ts'
import type { Limited } from '../../../src-main/access/limits/counters.ts'
import { type PostgresServer, startPostgres, whyNoPostgres, withClient } from '../../support/postgres.ts'
import { leaseOf, openShareHolder, type ShareHolder } from '../../support/share-holder.ts'

const why = whyNoPostgres()
if (why !== undefined) console.warn(`skipped: ${why}`)

const GATEWAYS = 8
const RUN_MS = 5_000
/** A busy computer needs longer to use up a limit. All of it must be within one minute. */
const LONGEST_MS = 40_000
const TROUBLE_EVERY_MS = 150
/** Tokens of each request, as estimated. */
const TOKENS = 50

const seed = Number(process.env['LATCHKEY_SEED'] ?? Date.now() % 1_000_000)

type Kind = 'requests' | 'concurrency' | 'tokens'

interface Member {
  holder: ShareHolder
  running: Lease[]
  isBusy: boolean
}

/** What eight gateways did together. */
interface Outcome {
  /** The most that was used at one time: requests of the run, which is shorter than a minute; running requests; tokens. */
  most: number
  /** Tokens that killed gateways had spent since their last report. */
  unreported: number
  /** Tokens that running requests of killed gateways had reserved. Nobody knows whether they were spent, so they stay spent. */
  reserved: number
  starts: number
  kills: number
  cuts: number
}

describe.skipIf(why !== undefined)(`eight gateways with one key (LATCHKEY_SEED=${seed})`, () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.remove())

  test.each([
    ['requests', { requestsPerMinute: 400 }, 400],
    ['requests', { requestsPerMinute: 5 }, 5],
    ['concurrency', { concurrency: 60 }, 60],
    ['concurrency', { concurrency: 3 }, 3],
    ['tokens', { tokensPerDay: 40_000 }, 40_000],
  ] as const)(
    'exceed a limit of %s %j by no more than is promised, killed and cut off at random',
    async (kind, key, limit) => {
      const outcome = await run(server, kind, key, enoughOf(kind, limit))
      // A gateway that was killed and its successor are two, for a limit that counts the last minute.
      const others = kind === 'requests' ? outcome.starts - 1 : GATEWAYS - 1
      const most = kind === 'tokens' ? limit + outcome.starts * TOKENS + outcome.unreported : limit + others
      console.info(`${kind} ${limit}: at most ${outcome.most} (${most} promised)`, JSON.stringify(outcome))
      expect(outcome.kills + outcome.cuts).toBeGreaterThan(5)
      expect(outcome.most).toBeLessThanOrEqual(most)
      expect(outcome.most + outcome.reserved).toBeGreaterThanOrEqual(enoughOf(kind, limit))
    },
  )
})

/** Nearly all. But the requests of a minute that a killed gateway may have let through come back only afterwards. */
function enoughOf(kind: Kind, limit: number): number {
  return kind === 'requests' ? limit / 5 : limit * 0.8
}

async function run(server: PostgresServer, kind: Kind, limits: Partial<Limited>, enough: number): Promise<Outcome> {
  const random = randomFrom(seed)
  const url = await server.createDatabase()
  const key = { id: 'key', requestsPerMinute: null, tokensPerDay: null, concurrency: null, ...limits }
  const open = (name: string) => openShareHolder({ url, name, key })
  const names = Array.from({ length: GATEWAYS }, (_, index) => `gateway ${index}`)
  const members: Member[] = (await Promise.all(names.map(open))).map((holder) => ({
    holder,
    running: [],
    isBusy: false,
  }))
  const outcome: Outcome = { most: 0, unreported: 0, reserved: 0, starts: GATEWAYS, kills: 0, cuts: 0 }
  let used = 0
  const troubles: Promise<void>[] = []
  const ends = performance.now() + RUN_MS
  let nextTrouble = performance.now() + TROUBLE_EVERY_MS
  const latest = ends + LONGEST_MS
  while (performance.now() < ends || (outcome.most + outcome.reserved < enough && performance.now() < latest)) {
    for (const member of members) if (!member.isBusy) work(member)
    // What is used up afterwards is used in peace.
    if (performance.now() > nextTrouble && performance.now() < ends) {
      nextTrouble += TROUBLE_EVERY_MS
      const member = members[Math.floor(random() * GATEWAYS)]
      if (member?.isBusy === false) troubles.push(random() < 0.5 ? kill(member) : cutOff(member))
    }
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  await Promise.all(troubles)
  await Promise.all(members.map(({ holder }) => holder.close()))
  return outcome

  function work(member: Member): void {
    for (const lease of member.running.splice(0, random() < 0.2 ? 1 : 0)) end(lease)
    const lease = random() < 0.7 ? leaseOf(member.holder.admit()) : undefined
    if (lease === undefined) return
    if (kind === 'tokens' && lease.reserve({ prompt: 10, answer: TOKENS - 10 }) !== null) return
    member.running.push(lease)
    if (kind !== 'tokens') used += 1
    outcome.most = Math.max(outcome.most, used)
  }

  function end(lease: Lease): void {
    lease.end(TOKENS)
    if (kind === 'tokens') used += TOKENS
    if (kind === 'concurrency') used -= 1
    outcome.most = Math.max(outcome.most, used)
  }

  async function kill(member: Member): Promise<void> {
    member.isBusy = true
    outcome.kills += 1
    const { holder } = member
    const spent = holder.limits.useOf('key', 'tokens', 'key').used
    await holder.kill()
    if (kind === 'concurrency') used -= member.running.length
    member.running = []
    if (kind === 'tokens') {
      const reported = await reportedBy(url, holder)
      outcome.unreported += Math.max(0, spent - reported)
      outcome.reserved += Math.max(0, reported - spent)
    }
    member.holder = await open(holder.name)
    outcome.starts += 1
    member.isBusy = false
  }

  /** It goes on meanwhile. */
  async function cutOff(member: Member): Promise<void> {
    outcome.cuts += 1
    const { proxy } = member.holder
    proxy.mode('blackhole')
    await new Promise((resolve) => setTimeout(resolve, 50 + random() * 300))
    proxy.mode('pass')
    proxy.cut()
  }
}

/** Tokens that the database knows of the last run of a gateway. */
async function reportedBy(url: string, { name }: ShareHolder): Promise<number> {
  const query = `SELECT busy::int FROM latchkey.limit_shares JOIN latchkey.gateways ON gateways.id = gateway
    WHERE name = $1 AND ended_at IS NULL`
  const { rows } = await withClient(url, (client) => client.query<{ busy: number }>(query, [name]))
  return rows[0]?.busy ?? 0
}

/** Mulberry32. */
function randomFrom(start: number): () => number {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
