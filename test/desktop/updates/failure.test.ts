import { open } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { updateFailureOf } from '../../../src-main/desktop/updates/failure.ts'
import { whileAlive } from '../../../src-main/desktop/updates/while-alive.ts'

// As electron-updater, Chromium and Node write them; the real ones come up in test/real-desktop/updates.test.ts.
test.each([
  [new Error('net::ERR_CONNECTION_REFUSED'), 'unreachable'],
  [new Error('net::ERR_CONTENT_LENGTH_MISMATCH'), 'unreachable'],
  [new Error('Request has been aborted by the server'), 'unreachable'],
  [Object.assign(new Error('503 '), { code: 'HTTP_ERROR_503' }), 'unreachable'],
  [new Error('Cannot download "https://updates.example/x", status 502: Bad Gateway'), 'unreachable'],
  [new Error('Cannot download "https://updates.example/x", status 404: Not Found'), 'wrong_answer'],
  [new Error('net::ERR_BLOCKED_BY_CLIENT'), 'wrong_answer'],
  [Object.assign(new Error('x'), { code: 'ERR_UPDATER_INVALID_VERSION' }), 'wrong_answer'],
  [new TypeError('Cannot read properties of undefined'), 'wrong_answer'],
  [Object.assign(new Error('x'), { code: 'ERR_CHECKSUM_MISMATCH' }), 'damaged'],
] as const)('%s means: %s', (error, failure) => {
  expect(updateFailureOf(error)).toBe(failure)
})

test('an error of the file system means that the file was not saved', async () => {
  const refused: unknown = await open('/nowhere/at/all', 'w').catch((error: unknown) => error)
  expect(updateFailureOf(refused)).toBe('not_saved')
})

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('work that is silent for too long is ended, and what it says then is the outcome', async () => {
  const work = Promise.withResolvers<string>()
  const end = vi.fn(() => work.reject(new Error('ended')))
  const outcome = whileAlive(1000, end, () => work.promise).catch(String)
  vi.advanceTimersByTime(999)
  expect(end).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(await outcome).toBe('Error: ended')
})

test('work that gets on may take as long as it needs, and is not ended after it', async () => {
  const work = Promise.withResolvers<string>()
  const end = vi.fn()
  let alive = () => {}
  const outcome = whileAlive(1000, end, (report) => {
    alive = report
    return work.promise
  })
  for (let turn = 0; turn < 5; turn++) {
    vi.advanceTimersByTime(900)
    alive()
  }
  work.resolve('done')
  expect(await outcome).toBe('done')
  vi.advanceTimersByTime(10_000)
  expect(end).not.toHaveBeenCalled()
})
