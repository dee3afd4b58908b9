import { expect, test } from 'vitest'
import { keyOf, newKey, openRoom, verdict } from './room.ts'

const SITE = 'https://chat.example'
const HERE = '127.0.0.1'

async function openFailing(failures: number) {
  const room = await openRoom()
  const fail = (times: number, origin: string | null = SITE) => {
    for (let count = 0; count < times; count++) room.access.noteFailure(HERE, origin)
  }
  fail(failures)
  return { ...room, fail, slowed: (origin: string | null = SITE) => room.access.slowedFor(HERE, origin) }
}

test('nineteen failures in a minute are free, the twentieth makes wait', async () => {
  const { fail, slowed } = await openFailing(19)
  expect(slowed()).toBe(0)
  fail(1)
  expect(slowed()).toBe(1)
})

test('failures spread over time slow nobody', async () => {
  const { fail, slowed, clock } = await openFailing(0)
  for (let count = 0; count < 100; count++) {
    clock.now += 5_000
    fail(1)
  }
  expect(slowed()).toBe(0)
})

test('each failure after a wait doubles it, up to a minute, and retrying meanwhile adds nothing', async () => {
  const { fail, slowed, clock } = await openFailing(20)
  const waits = [slowed()]
  for (let round = 0; round < 8; round++) {
    fail(100)
    clock.now += slowed() * 1000
    expect(slowed()).toBe(0)
    fail(1)
    waits.push(slowed())
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
})

test('ten quiet minutes are enough to be forgotten', async () => {
  const { fail, slowed, clock } = await openFailing(20)
  clock.now += 10 * 60_000 + 1000
  fail(1)
  expect(slowed()).toBe(0)
})

test('another origin on the same computer is not slowed, and a valid key never is', async () => {
  const { slowed, access } = await openFailing(1000)
  const { secret } = await access.keys.create(newKey())
  expect([slowed(SITE), slowed('https://other.example'), slowed(null)]).toEqual([1, 0, 0])
  expect(verdict(access.identify(secret))).toBe('ok')
  expect(verdict(access.admit(keyOf(access, secret)))).toBe('ok')
})

test('one who invents origins is remembered no longer than ten thousand others', async () => {
  const { fail, slowed } = await openFailing(20)
  for (let index = 0; index < 9_999; index++) fail(1, `https://s${index}.example`)
  expect(slowed()).toBe(1)
  fail(1, 'https://one-more.example')
  expect(slowed()).toBe(0)
})

test('headers that are no origins share one place', async () => {
  const { fail, slowed } = await openFailing(0)
  for (let index = 0; index < 20; index++) fail(1, `not an origin ${index}`)
  expect(slowed('another one that is none')).toBe(1)
})

test('a clock that is set back makes nobody wait until it has caught up', async () => {
  const { fail, slowed, clock } = await openFailing(20)
  clock.now -= 3_600_000
  expect(slowed()).toBe(0)
  fail(20)
  expect(slowed()).toBe(1)
})
