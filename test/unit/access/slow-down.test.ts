import { expect, test } from 'vitest'
import { keyOf, newKey, openRoom, verdict } from './room.ts'

const SITE = 'https://chat.example'
const CALLER = { address: '127.0.0.1', origin: SITE, userAgent: 'curl/8.1' }

async function openGuessed(guesses: number, caller: typeof CALLER = CALLER) {
  const room = await openRoom()
  let tried = 0
  /** Each with a key that has not been tried before. Resolves to the seconds that the last one must wait. */
  const guess = (times: number, from: Partial<typeof CALLER> = {}) => {
    let wait = 0
    for (let count = 0; count < times; count++)
      wait = room.access.waitAfterGuess({ ...caller, ...from }, `sk-lk-wrong${tried++}`)
    return wait
  }
  guess(guesses)
  return { ...room, guess }
}

test('twenty wrong keys in a minute get their reason, and the next must wait', async () => {
  const { guess } = await openGuessed(19)
  expect(guess(1)).toBe(0)
  expect(guess(1)).toBe(1)
})

test('the same wrong key is no guess, also while a guesser waits, until it comes more than 50 times a minute', async () => {
  const { access, guess, clock } = await openGuessed(0)
  const again = () => access.waitAfterGuess(CALLER, 'sk-lk-old')
  const waits = Array.from({ length: 51 }, again)
  expect(waits).toEqual(waits.map(() => 0))
  expect([guess(19), guess(1)]).toEqual([0, 1])
  expect([again(), again()]).toEqual([1, 1])
  clock.now += 60_000
  expect(again()).toBe(0)
})

test('guesses spread over time slow nobody', async () => {
  const { guess, clock } = await openGuessed(0)
  for (let count = 0; count < 100; count++) {
    clock.now += 5_000
    expect(guess(1)).toBe(0)
  }
})

test('each guess after a wait doubles it, up to a minute, and retrying meanwhile adds nothing', async () => {
  const { guess, clock } = await openGuessed(20)
  const waits = [guess(1)]
  for (let round = 0; round < 8; round++) {
    clock.now += guess(100) * 1000
    expect(guess(1)).toBe(0)
    waits.push(guess(1))
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
})

test('ten quiet minutes are enough to be forgotten', async () => {
  const { guess, clock } = await openGuessed(20)
  clock.now += 10 * 60_000 + 1000
  expect(guess(2)).toBe(0)
})

test('another site or program on the same computer is not slowed, and a valid key never is', async () => {
  const { guess, access } = await openGuessed(1000)
  const { secret } = await access.keys.create(newKey())
  expect(guess(1)).toBe(1)
  expect([guess(1, { origin: 'https://other.example' }), guess(1, { userAgent: 'ollama-python/0.6' })]).toEqual([0, 0])
  expect(verdict(access.identify(secret))).toBe('ok')
  expect(verdict(access.admit(keyOf(access, secret)))).toBe('ok')
})

test('one who invents origins is remembered no longer than ten thousand others', async () => {
  const { guess } = await openGuessed(20)
  for (let index = 0; index < 9_999; index++) guess(1, { origin: `https://s${index}.example` })
  expect(guess(1)).toBe(1)
  guess(1, { origin: 'https://one-more.example' })
  expect(guess(1)).toBe(0)
})

test('headers that are no origins share one place', async () => {
  const { guess } = await openGuessed(0)
  for (let index = 0; index < 20; index++) guess(1, { origin: `not an origin ${index}` })
  expect(guess(1, { origin: 'another one that is none' })).toBe(1)
})

test('a clock that is set back makes nobody wait until it has caught up', async () => {
  const { guess, clock } = await openGuessed(20)
  clock.now -= 3_600_000
  expect(guess(20)).toBe(0)
  expect(guess(1)).toBe(1)
})
