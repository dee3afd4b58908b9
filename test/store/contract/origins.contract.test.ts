import { expect, test } from 'vitest'
import { NOW, originRecord } from '../fixtures.ts'
import { forEachStore } from './stores.ts'

forEachStore('origins', (subject) => {
  const origins = () => subject.store.origins

  test('an origin is put, changed and removed', async () => {
    const record = originRecord('chrome-extension://abc', { label: 'Page Assist' })
    await origins().put(record)
    await origins().put(originRecord('null', { status: 'pending', decidedBy: null }))
    await origins().put({ ...record, status: 'allowed' })
    await origins().remove('null')
    await subject.reopen()
    expect(await origins().load()).toEqual([{ ...record, status: 'allowed' }])
  })

  test('an origin that was removed can be put again, and counted again', async () => {
    const record = originRecord('https://example.org')
    await origins().put(record)
    await origins().remove(record.origin)
    await origins().put({ ...record, requests: 1, refused: 0 })
    await origins().touch([{ ...record, requests: 2, refused: 1 }])
    await origins().put({ ...record, label: 'Example', requests: 3, refused: 1 })
    await subject.reopen()
    expect(await origins().load()).toEqual([{ ...record, label: 'Example', requests: 3, refused: 1 }])
  })

  test('a late batch of counts does not undo a decision', async () => {
    const record = originRecord('https://example.org', { status: 'blocked' })
    await origins().put(record)
    await origins().touch([
      { ...record, status: 'allowed', decidedBy: 'key', requests: 9, refused: 2, lastSeenAt: NOW + 1 },
    ])
    expect(await origins().load()).toEqual([{ ...record, requests: 9, refused: 2, lastSeenAt: NOW + 1 }])
  })

  test('counts of new and of known origins are written together', async () => {
    const [known, fresh] = [
      originRecord('https://one.example'),
      originRecord('https://two.example', { decidedBy: null }),
    ]
    await origins().put(known)
    await origins().touch([{ ...known, requests: 4 }, fresh])
    await origins().touch([
      { ...fresh, requests: 5, lastSeenAt: NOW + 9 },
      { ...known, requests: 6 },
    ])
    await subject.reopen()
    await origins().touch([{ ...known, requests: 7 }])
    expect(await origins().load()).toEqual(
      [
        { ...known, requests: 6 },
        { ...fresh, requests: 5, lastSeenAt: NOW + 9 },
      ].map((record) => (record.origin === known.origin ? { ...record, requests: 7 } : record)),
    )
  })

  test('an origin whose row is invalid is left out, and the person is told', async () => {
    await origins().put(originRecord('https://good.example'))
    await origins().put(originRecord('https://bad.example'))
    await subject.sql(`UPDATE origins SET first_seen_at = 9223372036854775807 WHERE origin = 'https://bad.example'`)
    await subject.reopen()
    expect((await origins().load()).map(({ origin }) => origin)).toEqual(['https://good.example'])
    expect(subject.store.notices().map(({ code }) => code)).toEqual(['site_unreadable'])
  })
})
