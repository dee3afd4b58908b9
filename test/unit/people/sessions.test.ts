import { beforeEach, describe, expect, test } from 'vitest'
import { OWNER_ID } from '#shared/people/person-id.ts'
import type { SignInMethod } from '#shared/people/session.ts'
import type { OpenedSession } from '../../../src-main/people/sessions/sessions.ts'
import { openSessions, type TestSessions } from '../../support/console-session.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const ANNA = 'person_anna'
let now: number
let opened: TestSessions
let ended: string[]

beforeEach(async () => {
  now = Date.UTC(2026, 0, 1)
  opened = await openSessions({ now: () => now })
  opened.persons.set(ANNA, { role: 'member', isActive: true })
  ended = []
  opened.sessions.onEnded((id) => ended.push(id))
})

function open(personId = ANNA, method: SignInMethod = 'password') {
  return opened.sessions.open({ personId, method, device: 'Firefox', address: '192.168.1.7' })
}

const openLink = () => open(OWNER_ID, 'link')
const find = ({ cookie, pageSecret }: OpenedSession, on = opened) => on.sessions.find([cookie], pageSecret)

/** The same rows in another run. */
async function restarted(): Promise<TestSessions> {
  const again = await openSessions({ now: () => now, store: opened.store, personOf: (id) => opened.persons.get(id) })
  return { ...again, store: opened.store }
}

describe('a token', () => {
  test('of the link is the owner’s, works once, and is 256 random bits', async () => {
    const token = opened.sessions.issueToken()
    expect(Buffer.from(token, 'base64url')).toHaveLength(32)
    expect(opened.sessions.issueToken()).not.toBe(token)
    expect(await opened.sessions.redeem(token)).toEqual({ personId: OWNER_ID, method: 'link' })
    expect(await opened.sessions.redeem(token)).toBeUndefined()
  })

  test('of the link works for 12 hours, and one of a sign-in for two minutes', async () => {
    const [link, anna] = [opened.sessions.issueToken(), opened.sessions.issueToken({ personId: ANNA, method: 'oidc' })]
    now += 120_001
    expect(await opened.sessions.redeem(anna)).toBeUndefined()
    const early = opened.sessions.issueToken({ personId: ANNA, method: 'oidc' })
    now += 119_000
    expect(await opened.sessions.redeem(early)).toEqual({ personId: ANNA, method: 'oidc' })
    now += 12 * HOUR
    expect(await opened.sessions.redeem(link)).toBeUndefined()
  })

  test('of the link outlasts any number of sign-ins', async () => {
    const link = opened.sessions.issueToken()
    for (let at = 0; at < 2000; at++) opened.sessions.issueToken({ personId: ANNA, method: 'oidc' })
    expect(await opened.sessions.redeem(link)).toBeDefined()
  })

  test('does not survive a restart', async () => {
    const token = opened.sessions.issueToken()
    expect(await (await restarted()).sessions.redeem(token)).toBeUndefined()
  })
})

describe('the secrets of a session', () => {
  test('open it together only', async () => {
    const [session, other] = [await open(), await open()]
    expect(find(session)).toMatchObject({ id: session.id, personId: ANNA, role: 'member', method: 'password' })
    for (const secret of [undefined, '', other.pageSecret, session.cookie, `${session.pageSecret}x`])
      expect(opened.sessions.find([session.cookie], secret)).toBeUndefined()
    for (const cookies of [[], [''], [other.cookie], [session.pageSecret]])
      expect(opened.sessions.find(cookies, session.pageSecret)).toBeUndefined()
    expect(opened.sessions.find(['planted', session.cookie], session.pageSecret)).toBeDefined()
  })

  test('are 256 random bits each, and only their hashes are stored', async () => {
    const { cookie, pageSecret } = await open()
    expect([cookie, pageSecret].map((text) => Buffer.from(text, 'base64url').length)).toEqual([32, 32])
    const rows = JSON.stringify([...opened.store.rows.values()])
    for (const secret of [cookie, pageSecret]) expect(rows).not.toContain(secret)
  })
})

describe('a session ends', () => {
  test.each<[SignInMethod, number]>([
    ['link', 12 * HOUR],
    ['password', 14 * DAY],
    ['passkey', 14 * DAY],
    ['oidc', 14 * DAY],
    ['github', 14 * DAY],
  ])('%s: after its time without use, and not before', async (method, idle) => {
    const session = await open(method === 'link' ? OWNER_ID : ANNA, method)
    for (let use = 0; use < 4; use++) {
      now += idle - 1
      expect(find(session)).toBeDefined()
    }
    now += idle + 1
    expect(find(session)).toBeUndefined()
    opened.sessions.look()
    expect(ended).toEqual([session.id])
  })

  test('later if it is used at another gateway', async () => {
    const session = await open(OWNER_ID, 'link')
    now += 11 * HOUR
    const use = { id: session.id, at: now }
    opened.sessions.follow({ put: [], removed: [] }, [use, { id: 'session_unknown', at: now }])
    now += 11 * HOUR
    opened.sessions.look()
    expect(find(session)).toBeDefined()
  })

  test('after 90 days, however much it is used', async () => {
    const session = await open()
    for (let day = 0; day < 90; day++) {
      now += DAY
      expect(find(session)).toBeDefined()
    }
    now += 1
    expect(find(session)).toBeUndefined()
  })

  test('at once with the pause of its person, and a resume does not bring it back', async () => {
    const [session, owners] = [await open(), await openLink()]
    opened.persons.set(ANNA, { role: 'member', isActive: false })
    expect(find(session)).toBeUndefined()
    opened.sessions.look()
    expect(ended).toEqual([session.id])
    opened.persons.set(ANNA, { role: 'member', isActive: true })
    expect(find(session)).toBeUndefined()
    await expect.poll(() => [...opened.store.rows.keys()]).toEqual([owners.id])
    expect(find(owners)).toBeDefined()
  })

  test('with the removal of its person, and with another role', async () => {
    const session = await open()
    opened.persons.set(ANNA, { role: 'admin', isActive: true })
    expect(find(session)).toBeUndefined()
    opened.sessions.look()
    const again = await open()
    expect(find(again)).toMatchObject({ role: 'admin' })
    opened.persons.delete(ANNA)
    opened.sessions.look()
    expect(ended).toEqual([session.id, again.id])
  })

  test('by its person, who ends one, or all but one; nobody ends another person’s', async () => {
    const [one, two, three, owners] = [await open(), await open(), await open(), await openLink()]
    expect(await opened.sessions.end(one.id, OWNER_ID)).toBe(false)
    expect(await opened.sessions.end('session_unknown', ANNA)).toBe(false)
    expect(await opened.sessions.end(one.id, ANNA)).toBe(true)
    expect(await opened.sessions.end(one.id, ANNA)).toBe(false)
    await opened.sessions.endAll(ANNA, two.id)
    expect([one, two, three, owners].map((session) => find(session) !== undefined)).toEqual([false, true, false, true])
    await opened.sessions.endAll(ANNA)
    expect([...opened.store.rows.keys()]).toEqual([owners.id])
  })

  test('when a person has more than fifty: the one that was used least recently', async () => {
    const first = await open()
    for (let at = 0; at < 50; at++) {
      now += 1
      await open()
    }
    expect(find(first)).toBeUndefined()
    expect(opened.sessions.list(ANNA, null)).toHaveLength(50)
  })
})

test('a paused or unknown person gets no session', async () => {
  opened.persons.set(ANNA, { role: 'member', isActive: false })
  await expect(open()).rejects.toMatchObject({ code: 'no_such_person' })
  await expect(open('person_nobody')).rejects.toMatchObject({ code: 'no_such_person' })
  expect(opened.store.rows.size).toBe(0)
})

test('the list is of one person, the last used first, and says which session asks', async () => {
  const [one, two] = [await open(), await open(ANNA, 'passkey')]
  await openLink()
  now += HOUR
  find(one)
  expect(opened.sessions.list(ANNA, two.id)).toEqual([
    expect.objectContaining({ id: one.id, seenAt: now, expiresAt: now - HOUR + 90 * DAY, current: false }),
    expect.objectContaining({
      id: two.id,
      method: 'passkey',
      device: 'Firefox',
      address: '192.168.1.7',
      current: true,
    }),
  ])
  expect(JSON.stringify(opened.sessions.list(ANNA, null))).not.toMatch(/hash/i)
})

test('a session survives a restart with its last use, and an ended one does not', async () => {
  const [kept, gone] = [await openLink(), await open()]
  await opened.sessions.end(gone.id, ANNA)
  now += 11 * HOUR
  find(kept)
  await opened.sessions.close()
  now += 11 * HOUR
  const again = await restarted()
  expect(find(kept, again)).toBeDefined()
  expect(find(gone, again)).toBeUndefined()
})

test('uses are written every ten minutes at most', async () => {
  const session = await open()
  const seenAt = () => opened.store.rows.get(session.id)?.seenAt
  const begun = now
  now += 60_000
  find(session)
  opened.sessions.look()
  expect(seenAt()).toBe(begun)
  now += 600_000
  find(session)
  opened.sessions.look()
  await expect.poll(seenAt).toBe(now)
})

test('rows that a backup brought back open nothing', async () => {
  const [kept, gone] = [await open(), await open()]
  const backup = new Map(opened.store.rows)
  await opened.sessions.end(gone.id, ANNA)
  opened.store.rows.clear()
  for (const [id, row] of backup) opened.store.rows.set(id, row)
  await opened.sessions.rewrite()
  const again = await restarted()
  expect(find(kept, again)).toBeDefined()
  expect(find(gone, again)).toBeUndefined()
})

describe('while the disk is full', () => {
  test('people can sign in until the next restart', async () => {
    opened.store.diskFull = true
    const session = await open()
    expect(find(session)).toBeDefined()
    expect(find(session, await restarted())).toBeUndefined()
  })

  test('a session ends, says that this is not saved, and is removed when there is room', async () => {
    const session = await open()
    opened.store.diskFull = true
    await expect(opened.sessions.end(session.id, ANNA)).rejects.toMatchObject({
      code: 'store_failed',
      parts: { so: 'session_ended' },
    })
    expect(find(session)).toBeUndefined()
    opened.store.diskFull = false
    opened.sessions.look()
    await expect.poll(() => opened.store.rows.size).toBe(0)
  })
})
