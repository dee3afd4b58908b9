import { expect, test } from 'vitest'
import type { NewAuditEntry } from '../../../src-shared/records/audit.ts'
import { NOW } from '../fixtures.ts'
import { forEachStore } from './stores.ts'

function entry(subject: string, changes: Partial<NewAuditEntry> = {}): NewAuditEntry {
  return {
    time: NOW,
    actor: 'console',
    person: 'person_ada',
    address: '192.168.1.7',
    action: 'key.change',
    subject,
    label: `Key ${subject}`,
    fields: ['name', 'models'],
    ...changes,
  }
}

forEachStore('the audit trail', (subject) => {
  const audit = () => subject.store.audit
  const subjects = async (limit = 100) => (await audit().list(limit, undefined)).map((one) => one.subject)

  test('entries come back as they were written, newest first, a page at a time', async () => {
    const entries = ['a', 'b', 'c', 'd', 'e'].map((name) => entry(name))
    const bare = entry('bare', { person: null, address: null, label: null, fields: [] })
    for (const one of [...entries, bare]) await audit().add(one)
    await subject.reopen()
    const first = await audit().list(2, undefined)
    expect(first).toEqual([bare, entries[4]].map((one) => ({ ...one, id: expect.any(Number) as number })))
    const second = await audit().list(3, first.at(-1)?.id)
    expect(second.map((one) => one.subject)).toEqual(['d', 'c', 'b'])
    const third = await audit().list(3, second.at(-1)?.id)
    expect(third.map((one) => one.subject)).toEqual(['a'])
    expect(await audit().list(3, third.at(-1)?.id)).toEqual([])
  })

  test('old entries are pruned', async () => {
    await audit().add(entry('old', { time: NOW - 2 }))
    await audit().add(entry('new'))
    await audit().prune(NOW - 1)
    expect(await subjects()).toEqual(['new'])
  })

  test('a key or a site is forgotten, and a person, and everything', async () => {
    for (const name of ['a', 'b', 'a']) await audit().add(entry(name))
    await audit().add(entry('b', { person: 'person_bob' }))
    expect(await audit().isAbout('a')).toBe(true)
    await audit().forget('a')
    expect(await audit().isAbout('a')).toBe(false)
    expect(await subjects()).toEqual(['b', 'b'])
    await audit().forgetPerson('person_bob')
    const [newest, oldest] = await audit().list(2, undefined)
    expect([newest?.person, newest?.address]).toEqual([null, null])
    expect([oldest?.person, oldest?.address]).toEqual(['person_ada', '192.168.1.7'])
    await audit().forgetAll()
    expect(await subjects()).toEqual([])
    expect(await audit().isAbout('b')).toBe(false)
  })

  test('a row that nobody can have written is left out, and one of an old version without fields is not', async () => {
    for (const name of ['good', 'broken', 'odd', 'old']) await audit().add(entry(name))
    await subject.sql(`UPDATE audit SET fields = '["' WHERE subject = 'broken';
      UPDATE audit SET actor = 'nobody' WHERE subject = 'odd'; UPDATE audit SET fields = '' WHERE subject = 'old'`)
    expect(await subjects()).toEqual(['old', 'good'])
    expect((await audit().list(1, undefined))[0]?.fields).toEqual([])
  })

  test('texts that no program should send are recorded', async () => {
    await audit().add(entry('a\u0000b\ud800', { label: '\u0000', address: 'fe80::1%\u0000' }))
    const [found] = await audit().list(1, undefined)
    expect([found?.subject?.length, found?.label?.length]).toEqual([4, 1])
    expect(await audit().isAbout('a\u0000b\ud800')).toBe(true)
  })
})
