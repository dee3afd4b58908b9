import { expect, test } from 'vitest'
import { NOW, storedKey } from '../fixtures.ts'
import { forEachStore } from './stores.ts'

forEachStore('keys', (subject) => {
  const keys = () => subject.store.keys

  test('a key comes back as it was written, limits, lists and both secrets of a rotation included', async () => {
    const full = storedKey('full', {
      endpoints: ['/api/*'],
      models: ['a', 'b*'],
      origins: ['https://example.org'],
      expiresAt: NOW + 1,
      requestsPerMinute: 1,
      tokensPerDay: 2,
      concurrency: 3,
      allowInUrl: true,
      online: true,
      onlineQuestion: 'answered',
      app: 'zed',
      otherApp: 'Zed',
      onlyItsApp: true,
      person: 'person_ada',
      enabled: false,
      lastUsedAt: NOW + 2,
      graceUntil: NOW + 3,
    })
    const rotated = {
      ...full,
      secrets: [...full.secrets, { hash: 'old', prefix: 'sk-lk-old123', expiresAt: NOW + 3 }],
      deletedAt: NOW + 4,
    }
    const plain = storedKey('plain')
    await keys().insert(rotated)
    await keys().insert(plain)
    await subject.reopen()
    expect(await keys().load()).toEqual([rotated, plain])
  })

  test('replacing a key replaces its secrets and leaves other keys alone', async () => {
    const one = storedKey('one')
    const other = storedKey('other')
    await keys().insert(one)
    await keys().insert(other)
    const renewed = {
      key: { ...one.key, name: 'New name' },
      secrets: [{ hash: 'new', prefix: 'sk-lk-new123', expiresAt: null }],
      deletedAt: null,
    }
    await keys().replace(renewed)
    await subject.reopen()
    expect(await keys().load()).toEqual([renewed, other])
  })

  test('replacing a key that does not exist fails and leaves no secret behind', async () => {
    await expect(keys().replace(storedKey('ghost'))).rejects.toThrow()
    await keys().insert(storedKey('ghost'))
    expect(await keys().load()).toEqual([storedKey('ghost')])
  })

  test('a secret that another key has is refused, and its key is not half there', async () => {
    await keys().insert(storedKey('one'))
    const thief = { ...storedKey('two'), secrets: storedKey('one').secrets }
    await expect(keys().insert(thief)).rejects.toThrow()
    await expect(keys().insert(storedKey('one'))).rejects.toThrow()
    expect(await keys().load()).toEqual([storedKey('one')])
  })

  test('a removed key is gone with its secrets, and its id and secrets can be used again', async () => {
    await keys().insert(storedKey('one'))
    await keys().insert(storedKey('two'))
    await keys().remove('one')
    await keys().remove('nobody')
    expect(await keys().load()).toEqual([storedKey('two')])
    await keys().insert(storedKey('one', { name: 'Back again' }))
    await keys().replace(storedKey('one', { name: 'And changed' }))
    await subject.reopen()
    expect((await keys().load()).map(({ key }) => key.name)).toEqual(['Key two', 'And changed'])
  })

  test('last use is written for many keys at once', async () => {
    await keys().insert(storedKey('one'))
    await keys().insert(storedKey('two'))
    await keys().touch(
      new Map([
        ['one', NOW + 5],
        ['nobody', NOW],
      ]),
    )
    await subject.reopen()
    expect((await keys().load()).map((stored) => stored.key.lastUsedAt)).toEqual([NOW + 5, null])
  })

  test('a key whose row is invalid is left out, and the person is told once', async () => {
    await keys().insert(storedKey('good'))
    await keys().insert(storedKey('bad'))
    await subject.sql(`UPDATE keys SET models = '["' WHERE id = 'bad'`)
    await subject.reopen()
    for (const _ of [1, 2]) expect((await keys().load()).map(({ key }) => key.id)).toEqual(['good'])
    expect(subject.store.notices().map(({ code, parts }) => [code, parts])).toEqual([['key_unreadable', { id: 'bad' }]])
  })

  test('texts that no program should send are written, and read without harm', async () => {
    const odd = storedKey('odd', { name: 'a\u0000b\ud800', models: ['x\u0000', 'y\udfff'], otherApp: '\u0000' })
    await keys().insert(odd)
    await subject.reopen()
    const [{ key }] = (await keys().load()) as [typeof odd]
    expect([key.name.length, key.models?.length, key.otherApp?.length]).toEqual([4, 2, 1])
    await keys().replace({ ...odd, key: { ...key, name: 'Good' } })
    expect((await keys().load())[0]?.key.name).toBe('Good')
  })
})
