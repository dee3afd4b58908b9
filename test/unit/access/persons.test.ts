import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isRefusal, type Lease } from '#shared/gateway/decisions.ts'
import type { IssuedKey, NewKeyInput } from '#shared/keys/key.ts'
import { newPersonSchema } from '#shared/people/person.ts'
import { moveTo } from '../../support/local-zone.ts'
import { ask, keyOf, NOON, newKey, openRoom, verdict } from './room.ts'

async function openWith(person: object, ...keys: Partial<NewKeyInput>[]) {
  const room = await openRoom()
  const { id } = await room.people.create(newPersonSchema.parse({ name: 'Anna', ...person }))
  const made: IssuedKey[] = []
  for (const choices of keys) made.push(await room.access.keys.create(newKey({ ...choices, person: id })))
  const keyAt = (at: number) => keyOf(room.access, made[at]?.secret ?? '')
  const begin = (at: number, tokens = 1) => {
    const lease = room.access.admit(keyAt(at))
    if (isRefusal(lease)) return lease
    return room.access.reserveTokens(keyAt(at), lease, { prompt: tokens, answer: 0 }) ?? lease
  }
  return { ...room, person: id, made, keyAt, begin }
}

const end = (admitted: object, tokens: number) => (admitted as Lease).end(tokens)

test('all keys of a person share their requests per minute', async () => {
  const { begin } = await openWith({ requestsPerMinute: 2 }, {}, {})
  expect([begin(0), begin(1), begin(0), begin(1)].map(verdict)).toEqual([
    'ok',
    'ok',
    'person_rate_limited',
    'person_rate_limited',
  ])
})

test('all keys of a person share their places and their tokens', async () => {
  const { begin } = await openWith({ concurrency: 1, tokensPerDay: 100 }, {}, {})
  const first = begin(0)
  expect(verdict(begin(1))).toBe('person_too_many_at_once')
  end(first, 60)
  const second = begin(1)
  end(second, 40)
  expect(begin(0)).toMatchObject({ refused: 'person_budget_spent' })
})

test('tokens that a request of another key has reserved are not given twice', async () => {
  const { begin } = await openWith({ tokensPerDay: 100 }, {}, { tokensPerDay: 1000 })
  const first = begin(0, 80)
  expect(verdict(begin(1, 80))).toBe('person_budget_reserved')
  end(first, 10)
  expect(verdict(begin(1, 80))).toBe('ok')
})

test('a refusal by the person’s limit costs nothing under the key’s, and the other way round', async () => {
  const { access, begin, keyAt } = await openWith(
    { tokensPerDay: 100, requestsPerMinute: 10, concurrency: 5 },
    { tokensPerDay: 1000, requestsPerMinute: 10, concurrency: 5 },
    { tokensPerDay: 10, requestsPerMinute: 1, concurrency: 1 },
  )
  const running = begin(0, 90)
  const left = () => [access.allowanceOf(keyAt(0)), access.personAllowanceOf(keyAt(0))?.left]
  const before = left()
  expect(verdict(begin(0, 90))).toBe('person_budget_reserved')
  const other = begin(1, 5)
  expect(verdict(begin(1, 5))).toBe('rate_limited')
  end(other, 0)
  const [ofKey, ofPerson] = left()
  expect(ofKey).toEqual(before[0])
  // Only the one request of the other key.
  expect(ofPerson).toEqual({ ...before[1], requestsThisMinute: (before[1]?.requestsThisMinute ?? 0) - 1 })
  end(running, 0)
  expect(verdict(begin(0, 90))).toBe('ok')
})

test('200 requests of many keys at once do not pass a limit that they share', async () => {
  const keys = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 200, maxLength: 200 })
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 50 }), keys, async (limit, order) => {
      const { begin } = await openWith({ concurrency: limit }, {}, {}, {}, {})
      expect(order.map((at) => verdict(begin(at))).filter((word) => word === 'ok')).toHaveLength(limit)
    }),
    { numRuns: 20 },
  )
})

test('pausing a person ends the streams of all their keys, and of nobody else’s', async () => {
  const { people, access, person, made, revoked } = await openWith({}, {}, {})
  const other = await access.keys.create(newKey())
  await people.change(person, { state: 'paused' })
  const ended = new Set(revoked.map((revocation) => 'keyId' in revocation && revocation.keyId))
  expect(ended).toEqual(new Set(made.map(({ id }) => id)))
  expect(access.identify(made[0]?.secret ?? '')).toEqual({ refused: 'person_paused' })
  expect(verdict(access.identify(other.secret))).toBe('ok')
  await people.change(person, { state: 'active' })
  expect(verdict(access.identify(made[0]?.secret ?? ''))).toBe('ok')
})

test('a pause while a body arrives refuses the request', async () => {
  const { people, access, person, keyAt } = await openWith({}, {})
  const key = keyAt(0)
  const lease = access.admit(key) as Lease
  await people.change(person, { state: 'paused' })
  expect(verdict(access.reserveTokens(key, lease, null))).toBe('person_paused')
})

test('the keys of a person who is gone work for nothing', async () => {
  const { people, access, person, made } = await openWith({}, {})
  await people.remove(person, async () => {})
  expect(access.identify(made[0]?.secret ?? '')).toEqual({ refused: 'person_paused' })
  await expect(access.keys.create(newKey({ person }))).rejects.toMatchObject({ code: 'no_such_person' })
})

test('a key that gets another person ends its streams and has their limits', async () => {
  const { people, access, made, revoked, keyAt, begin } = await openWith({}, {})
  const { id } = await people.create(newPersonSchema.parse({ name: 'Ben', concurrency: 1, online: false }))
  expect(access.boundsOf(keyAt(0))).toMatchObject({ personOnline: true })
  await access.keys.update(made[0]?.id ?? '', { person: id })
  expect(revoked).toEqual([{ keyId: made[0]?.id }])
  expect(access.boundsOf(keyAt(0))).toMatchObject({ personOnline: false })
  expect([begin(0), begin(0)].map(verdict)).toEqual(['ok', 'person_too_many_at_once'])
})

test('a key goes online only if it may and its person may', async () => {
  for (const ofKey of [true, false]) {
    for (const ofPerson of [true, false]) {
      const { access, keyAt } = await openWith({ online: ofPerson }, { online: ofKey })
      expect(access.boundsOf(keyAt(0)).online).toBe(ofKey && ofPerson)
    }
  }
})

test('outside the hours the refusal says when it opens again, by the clock on the wall', async () => {
  moveTo('Europe/Berlin')
  const { access, clock, keyAt } = await openWith({ hours: ['07:30-12:00', '22:00-01:00'] }, {})
  const at = (time: string) => {
    clock.now = Date.parse(`2026-08-03T${time}+02:00`)
    return access.authorise(keyAt(0), ask('POST', '/api/chat'))
  }
  expect([at('07:30:00'), at('11:59:59'), at('22:00:00'), at('00:59:59')]).toEqual([null, null, null, null])
  expect(at('12:00:00')).toEqual({ refused: 'person_hours', detail: '22:00', retryAfter: 10 * 3600 })
  expect(at('01:00:00')).toEqual({ refused: 'person_hours', detail: '07:30', retryAfter: 6.5 * 3600 })
  expect(at('07:29:59')).toEqual({ refused: 'person_hours', detail: '07:30', retryAfter: 1 })
  // What a key may do, it can ask at any time.
  expect(access.authorise(keyAt(0), ask('GET', '/latchkey/key'))).toBeNull()
})

test('a restart does not refill what a person has used today', async () => {
  const { stores, person } = await openWith({ tokensPerDay: 100 }, {}, {})
  const again = await openRoom({ stores, tokensSince: async () => 50 })
  expect(again.people.find(person)?.tokensPerDay).toBe(100)
  const key = (await again.access.keys.list())[0]
  if (key === undefined) throw new Error('no key')
  expect(again.access.admit(key)).toMatchObject({ refused: 'person_budget_spent' })
  expect(again.clock.now).toBe(NOON)
})
