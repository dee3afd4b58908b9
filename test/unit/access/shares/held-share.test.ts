import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HeldShare } from '../../../../src-main/access/limits/shares/held-share.ts'
import type { ShareAnswer, ShareAsk } from '../../../../src-main/access/ports.ts'
import { divide, firstShare } from '../../../../src-main/store/postgres/limits/divide.ts'

type Kind = 'requests' | 'tokens' | 'concurrency'

interface Row {
  share: number
  used: number
  busy: number
}

/** The rows of one limit, as PostgreSQL has them, with the same division. */
class Table {
  readonly rows = new Map<Gateway, Row>()
  ended = 0
  isKnown = false

  move(gateway: Gateway, asked: ShareAsk, gateways: number): ShareAnswer {
    const mine = this.rows.get(gateway)
    const others = [...this.rows].filter(([other]) => other !== gateway).map(([, row]) => row)
    const claimed = this.ended + sum(others.map(({ share, busy }) => Math.max(share, busy)))
    const isFirstOfAll = this.#isUnknown()
    const countedElsewhere = mine === undefined && !isFirstOfAll ? Math.min(asked.before, asked.busy) : 0
    const ask = { ...asked, busy: asked.busy - countedElsewhere, used: Math.max(0, asked.used - countedElsewhere) }
    const division = divide(ask, { mine: mine?.share ?? 0, others: claimed, gateways })
    this.rows.set(gateway, { share: division.share, used: ask.used, busy: ask.busy })
    const elsewhere = this.ended + sum(others.map(({ used }) => used))
    const first = firstShare(asked.limit, gateways)
    return { ...division, countedElsewhere, isFirstOfAll, elsewhere, first }
  }

  #isUnknown(): boolean {
    const isFirst = !this.isKnown
    this.isKnown = true
    return isFirst
  }

  /** Another gateway takes back what a dead one had. */
  takeBack(gateway: Gateway, kind: Kind): void {
    if (kind === 'tokens') this.ended += this.rows.get(gateway)?.busy ?? 0
    this.rows.delete(gateway)
  }
}

/** One gateway: its memory, its requests, and one batch on its way to the table and back. */
class Gateway {
  readonly lease = { epoch: 1, valid: true, near: true, isValid: () => this.lease.valid, isNear: () => this.lease.near }
  readonly held: HeldShare
  busy = 0
  sent: { ask: ShareAsk; epoch: number; answer?: ShareAnswer } | undefined

  constructor(kind: Kind, limit: number) {
    this.held = new HeldShare({
      of: { whose: 'key', kind, id: 'key', period: 0 },
      limit,
      usedBefore: 0,
      lease: this.lease,
    })
  }

  request(limit: number): void {
    if (this.busy < this.held.capacity(limit, this.busy)) this.busy += 1
  }

  revive(): void {
    this.lease.valid = true
    this.lease.near = true
    this.lease.epoch += 1
  }

  send(at: number): void {
    if (this.sent !== undefined || !this.held.needsMove(this.busy, at)) return
    this.sent = { ask: this.held.ask({ used: this.busy, busy: this.busy }, at), epoch: this.lease.epoch }
  }

  arrive(at: number, isLost: boolean): void {
    if (this.sent?.answer === undefined) return
    if (isLost) this.held.fail(this.sent.ask, at)
    else this.held.take(this.sent.ask, this.sent.answer, this.sent.epoch, at)
    this.sent = undefined
  }
}

const gateway = fc.nat(7)
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ does: fc.constant('request' as const), gateway, times: fc.integer({ min: 1, max: 60 }) }),
  },
  // A whole move, or one that is late, lost, or answered after other moves.
  { weight: 8, arbitrary: fc.record({ does: fc.constant('move' as const), gateway }) },
  { weight: 6, arbitrary: fc.record({ does: fc.constantFrom('send', 'commit', 'arrive', 'lose'), gateway }) },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant('end' as const), gateway, times: fc.integer({ min: 1, max: 60 }) }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constantFrom('lapse', 'revive', 'seek', 'kill'), gateway }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 3000 }) }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** Some gateways with one limit, whose moves cross each other in any order. */
class Model {
  readonly table = new Table()
  readonly gateways: Gateway[]
  readonly #kind: Kind
  readonly #limit: number
  #at = 0
  /** Tokens of killed gateways. */
  #spent = 0
  unreported = 0
  starts: number

  constructor(kind: Kind, limit: number, count: number) {
    this.#kind = kind
    this.#limit = limit
    this.starts = count
    this.gateways = Array.from({ length: count }, () => new Gateway(kind, limit))
  }

  /** Requests that are in use at all gateways that may still use something, or tokens. */
  get busy(): number {
    return this.#spent + sum(this.gateways.map(({ busy }) => busy))
  }

  get shares(): number {
    return sum([...this.table.rows.values()].map(({ share }) => share))
  }

  do(one: Step): void {
    if (one.does === 'wait') this.#at += one.ms
    else this.#act(one, this.gateways[one.gateway % this.gateways.length] as Gateway)
  }

  #act(one: Exclude<Step, { does: 'wait' }>, actor: Gateway): void {
    const at = this.#at
    if (one.does === 'request') for (let times = 0; times < one.times; times++) actor.request(this.#limit)
    if (one.does === 'send' || one.does === 'move') actor.send(at)
    if (one.does === 'commit' || one.does === 'move') this.#commit(actor)
    if (one.does === 'arrive' || one.does === 'move') actor.arrive(at, false)
    if (one.does === 'lose') actor.arrive(at, true)
    // Requests leave the window, and running ones end. Tokens stay spent.
    if (one.does === 'end' && this.#kind !== 'tokens') actor.busy = Math.max(0, actor.busy - one.times)
    if (one.does === 'seek') actor.held.seek(at)
    if (one.does === 'lapse') this.#lapse(actor)
    if (one.does === 'revive' && !actor.lease.valid) actor.revive()
    if (one.does === 'kill' && this.#kind !== 'requests') this.#replace(actor)
  }

  #commit({ sent }: Gateway): void {
    const actor = this.gateways.find((one) => one.sent === sent)
    if (actor !== undefined && sent !== undefined)
      sent.answer ??= this.table.move(actor, sent.ask, this.gateways.length)
  }

  /**
   * The lease ends at the gateway, and later for the others. What still runs there is not counted any more. Tokens that it has not
   * reported are spent, so its share of tokens stays.
   */
  #lapse(actor: Gateway): void {
    actor.lease.valid = false
    actor.lease.near = false
    if (this.#kind === 'tokens') return
    actor.busy = 0
    this.table.takeBack(actor, this.#kind)
  }

  /** Its successor takes back what it had. An ask that had not arrived is lost. */
  #replace(actor: Gateway): void {
    const reported = this.table.rows.get(actor)?.busy ?? 0
    if (this.#kind === 'tokens') {
      this.#spent += actor.busy
      this.unreported += Math.max(0, actor.busy - reported)
    }
    this.table.takeBack(actor, this.#kind)
    this.gateways[this.gateways.indexOf(actor)] = new Gateway(this.#kind, this.#limit)
    this.starts += 1
  }
}

const cases = fc.record({
  kind: fc.constantFrom<Kind>('requests', 'tokens', 'concurrency'),
  limit: fc.integer({ min: 1, max: 100 }),
  count: fc.integer({ min: 1, max: 8 }),
  steps: fc.array(step, { minLength: 20, maxLength: 200, size: 'max' }),
})
const RUNS = { numRuns: 1_000 }

test('the sum of all shares is never above the limit, whatever is lost, late, dead or revived', () => {
  fc.assert(
    fc.property(cases, ({ kind, limit, count, steps }) => {
      const model = new Model(kind, limit, count)
      for (const one of steps) {
        model.do(one)
        expect(model.shares).toBeLessThanOrEqual(limit)
      }
    }),
    RUNS,
  )
})

test('N gateways together use at most N - 1 more than the limit', () => {
  fc.assert(
    fc.property(cases, ({ kind, limit, count, steps }) => {
      const model = new Model(kind, limit, count)
      for (const one of steps) {
        model.do(one)
        expect(model.busy).toBeLessThanOrEqual(limit + model.starts - 1 + model.unreported)
      }
    }),
    RUNS,
  )
})

test('gateways that have lost the database use no more than their shares, so together no more than the limit', () => {
  fc.assert(
    fc.property(cases, ({ kind, limit, count, steps }) => {
      const model = new Model(kind, limit, count)
      for (const one of steps) {
        for (const { lease } of model.gateways) lease.near = false
        model.do(one)
        expect(model.busy).toBeLessThanOrEqual(limit + model.unreported)
      }
    }),
    RUNS,
  )
})

test('a share whose answer comes after the lease has ended and begun again is void', () => {
  const table = new Table()
  const late = new Gateway('requests', 10)
  late.send(0)
  if (late.sent !== undefined) late.sent.answer = table.move(late, late.sent.ask, 1)
  late.lease.valid = false
  table.takeBack(late, 'requests')
  late.revive()
  late.arrive(1, false)
  late.lease.near = false
  expect(late.held.capacity(10, 0)).toBe(0)
})

test('a gateway goes beyond its share by one request only if it has none, some is left, and the database is near', () => {
  const table = new Table()
  const [first, second] = [new Gateway('concurrency', 3), new Gateway('concurrency', 3)]
  expect([first.held.capacity(3, 0), first.held.capacity(3, 1)]).toEqual([1, 0])
  first.request(3)
  for (const one of [first, second]) {
    one.send(0)
    if (one.sent !== undefined) one.sent.answer = table.move(one, one.sent.ask, 2)
    one.arrive(0, false)
  }
  const { share = 0 } = table.rows.get(first) ?? {}
  expect(share).toBeGreaterThan(0)
  expect(first.held.capacity(3, share)).toBe(share)
  second.held.becomeFull()
  expect(second.held.capacity(3, 0)).toBe(table.rows.get(second)?.share)
  second.lease.near = false
  second.held.becomeFree()
  expect(second.held.capacity(3, 0)).toBe(table.rows.get(second)?.share)
})

test('one busy gateway gets all of a limit from the others, and the others get some back when it is idle', () => {
  const table = new Table()
  const [busy, idle] = [new Gateway('concurrency', 20), new Gateway('concurrency', 20)]
  let at = 0
  const settle = () => {
    for (let round = 0; round < 20; round++) {
      at += 1_100
      for (const one of [busy, idle]) {
        one.send(at)
        if (one.sent !== undefined) one.sent.answer = table.move(one, one.sent.ask, 2)
        one.arrive(at, false)
      }
    }
  }
  settle()
  expect([...table.rows.values()].map(({ share }) => share)).toEqual([5, 5])
  // Nothing is left to do, so no timer has to look.
  expect([busy, idle].map((one) => one.held.isActive(0, at))).toEqual([false, false])
  for (let round = 0; round < 10; round++) {
    for (let times = 0; times < 20; times++) busy.request(20)
    if (busy.busy < 20) idle.held.seek(at)
    settle()
  }
  expect(busy.busy).toBe(20)
  busy.busy = 0
  settle()
  idle.held.becomeFree()
  settle()
  expect([...table.rows.values()].map(({ share }) => share)).toEqual([5, 5])
})

function sum(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => one + other, 0)
}
