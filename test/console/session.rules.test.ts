import { randomBytes } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConsoleSessions } from '../../src-main/headless/console-server/session.ts'
import { openSessionFile, type SessionMemory } from '../../src-main/headless/console-server/session-file.ts'
import { type HeldSession, signIn as signInTo } from '../support/console-session.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'

const HOUR = 3_600_000
let now: number
let sessions: ConsoleSessions

beforeEach(() => {
  now = Date.UTC(2026, 0, 1)
  sessions = sessionsOn('/data/one')
})

function sessionsOn(dataDir: string, memory: SessionMemory = { read: () => new Map(), write: () => undefined }) {
  return new ConsoleSessions({ now: () => now, random: randomBytes, dataDir, memory })
}

const signIn = () => signInTo(sessions)

const isOpen = (on: ConsoleSessions, { cookie, secret }: HeldSession) => on.isOpen(cookie, secret)

test('a token opens one session, once', () => {
  const token = sessions.issueToken()
  expect(sessions.exchange(token)).toHaveProperty('setCookie')
  expect(sessions.exchange(token)).toEqual({ refused: 'token_refused' })
})

test('a token is 256 random bits, and two are never the same', () => {
  const tokens = [sessions.issueToken(), sessions.issueToken()]
  expect(Buffer.from(tokens[0] ?? '', 'base64url')).toHaveLength(32)
  expect(new Set(tokens).size).toBe(2)
})

test('a token that lay for more than 12 hours opens nothing', () => {
  const token = sessions.issueToken()
  now += 12 * HOUR + 1
  expect(sessions.exchange(token)).toEqual({ refused: 'token_refused' })
})

test('a session ends after 12 hours without use, and lives on with it', () => {
  const session = signIn()
  for (let visit = 0; visit < 4; visit++) {
    now += 11 * HOUR
    expect(isOpen(sessions, session)).toBe(true)
  }
  now += 12 * HOUR + 1
  expect(isOpen(sessions, session)).toBe(false)
})

test('ten wrong tokens in a minute shut the door for a minute, also before a good one', () => {
  const good = sessions.issueToken()
  for (let attempt = 0; attempt < 10; attempt++) {
    expect(sessions.exchange(`wrong ${attempt}`)).toEqual({ refused: 'token_refused' })
  }
  expect(sessions.exchange(good)).toEqual({ refused: 'too_many_attempts' })
  now += 60_001
  expect(sessions.exchange(good)).toHaveProperty('setCookie')
})

test('no other cookie is a session', () => {
  const { cookie, secret } = signIn()
  const [name, value] = cookie.split('=')
  for (const wrong of [undefined, '', `${name}=`, `${name}=x${value}`, `other=${value}`, `x${cookie}`]) {
    expect(sessions.isOpen(wrong, secret)).toBe(false)
  }
  expect(sessions.isOpen(`theme=dark; ${cookie}; other=1`, secret)).toBe(true)
})

test('a cookie without its own secret keeps no session alive', () => {
  const session = signIn()
  const other = signIn()
  for (const wrong of [undefined, '', other.secret, session.cookie.split('=')[1]]) {
    now += 6 * HOUR
    expect(sessions.isOpen(other.cookie, other.secret)).toBe(true)
    expect(sessions.isOpen(session.cookie, wrong)).toBe(false)
  }
  expect(isOpen(sessions, session)).toBe(false)
})

test('the two secrets of a session are 256 random bits each', () => {
  const { cookie, secret } = signIn()
  const [, value = ''] = cookie.split('=')
  expect([value, secret].map((text) => Buffer.from(text, 'base64url').length)).toEqual([32, 32])
  expect(secret).not.toBe(value)
})

test('the cookie is named after the instance, and kept from scripts and from other sites', () => {
  const other = sessionsOn('/data/two')
  const outcome = other.exchange(other.issueToken())
  const setCookie = 'setCookie' in outcome ? outcome.setCookie : ''
  expect(setCookie).toMatch(/^latchkey_[0-9a-f]{8}=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/)
  expect(setCookie.split('=')[0]).not.toBe(signIn().cookie.split('=')[0])
})

describe('over a restart', () => {
  let directory: TempDir
  beforeEach(async () => {
    directory = await createTempDir()
  })
  afterEach(() => directory.remove())

  const started = () => sessionsOn('/data/one', openSessionFile(directory.path))

  test('a session lives on for its 12 hours, and a token does not', () => {
    const before = started()
    const token = before.issueToken()
    const session = signInTo(before)
    expect(isOpen(started(), session)).toBe(true)
    expect(started().isOpen(session.cookie, undefined)).toBe(false)
    expect(started().exchange(token)).toEqual({ refused: 'token_refused' })
    now += 12 * HOUR + 1
    expect(isOpen(started(), session)).toBe(false)
  })

  test('the file holds no secret, and is for its owner alone', async () => {
    const { cookie, secret } = signInTo(started())
    const path = join(directory.path, 'console-sessions.json')
    const text = await readFile(path, 'utf8')
    expect(text).not.toContain(cookie.split('=')[1])
    expect(text).not.toContain(secret)
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  // The last is of a version whose sessions were a cookie alone.
  test.each(['', '{', '[]', '{"a":"b"}', '{"a":{"seenAt":1}}', '{"n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=":1}'])(
    'a damaged or older file (%j) opens nothing and stops nothing',
    async (damaged) => {
      await writeFile(join(directory.path, 'console-sessions.json'), damaged)
      const session = signInTo(started())
      expect(isOpen(started(), session)).toBe(true)
    },
  )
})
