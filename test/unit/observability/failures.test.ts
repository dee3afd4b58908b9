import { beforeEach, expect, test } from 'vitest'
import type { Failures } from '../../../src-main/base/host.ts'
import { failureWords } from '../../../src-main/observability/failure-words.ts'
import { FailureLog } from '../../../src-main/observability/failures.ts'

interface Logged {
  readonly id?: string
  readonly error: string
  readonly message: string
  readonly stack: string[]
}

let now = 0
let logged: Logged[] = []
let failures: Failures
beforeEach(() => {
  now = Date.UTC(2026, 10, 29)
  logged = []
  const note = (details: object) => void logged.push(details as Logged)
  failures = new FailureLog({ log: { info: note, warn: note, error: note }, now: () => now })
})

test('an error is logged with its stack and the id of the request that it ended, and without what it quotes', () => {
  failures.note(new SyntaxError('Unexpected token, "the prompt" is not JSON'), 'abc-1')
  expect(logged).toMatchObject([{ id: 'abc-1', error: 'SyntaxError', message: 'Unexpected token, "…" is not JSON' }])
  expect(logged[0]?.stack[0]).toContain('failures.test.ts')
})

test('other properties of an error, such as the client’s bytes, are not logged', () => {
  const error = Object.assign(new Error('Parse Error'), { code: 'HPE_INVALID', rawPacket: Buffer.from('sk-lk-secret') })
  failures.note(error)
  expect(Object.keys(logged[0] ?? {}).sort()).toEqual(['error', 'message', 'stack'])
  expect(logged[0]?.error).toBe('Error HPE_INVALID')
})

test('requests and other errors are counted apart, and the last one has its place', () => {
  failures.note(new Error('one'), 'abc-1')
  failures.note('no error at all')
  expect(failures.state()).toMatchObject({
    requests: 1,
    others: 1,
    last: { what: 'string', where: 'an unknown location' },
  })
  failures.note(new TypeError('two'), 'abc-2')
  const { last } = failures.state()
  expect(last).toMatchObject({
    time: now,
    what: 'TypeError',
    where: expect.stringMatching(/\(failures\.test\.ts:\d+\)$/),
  })
  expect(failureWords(failures.state())).toBe(
    `2 requests failed inside Latchkey since it started, and 1 other error occurred inside Latchkey since it started. The last one was TypeError in ${last?.where} at 2026-11-29T00:00:00.000Z.`,
  )
})

test('nothing failed: there is nothing to say', () => {
  expect(failureWords(failures.state())).toBeUndefined()
})

test('a fault that comes again and again is counted, but does not fill the log', () => {
  for (let times = 0; times < 100; times++) failures.note(new Error('again'))
  expect(logged).toHaveLength(30)
  expect(failures.state().others).toBe(100)
  now += 60_000
  failures.note(new Error('later'))
  expect(logged).toHaveLength(31)
})
