import { expect, test } from 'vitest'
import { NOW, storedSession } from '../fixtures.ts'
import { forEachStore } from './stores.ts'

forEachStore('sessions', (subject) => {
  const sessions = () => subject.store.sessions

  test('sessions come back as they were written, with their last use, without those that ended', async () => {
    const [one, two] = [storedSession('one'), storedSession('two', { device: null, address: null, method: 'link' })]
    for (const each of [one, two, storedSession('three')]) await sessions().put(each)
    await sessions().touch(
      new Map([
        ['one', NOW + 5],
        ['unknown', NOW],
      ]),
    )
    await sessions().touch(new Map())
    await sessions().remove(['three', 'unknown'])
    await subject.reopen()
    expect(await sessions().load()).toEqual([{ ...one, seenAt: NOW + 5 }, two])
    await sessions().replaceAll([two])
    await subject.reopen()
    expect(await sessions().load()).toEqual([two])
  })

  test('a session that is put again is replaced', async () => {
    await sessions().put(storedSession('one'))
    await sessions().put(storedSession('one', { address: '192.168.1.8' }))
    expect(await sessions().load()).toEqual([storedSession('one', { address: '192.168.1.8' })])
  })

  test('two sessions never have the same cookie', async () => {
    await sessions().put(storedSession('one'))
    const twin = storedSession('two', { cookieHash: storedSession('one').cookieHash })
    await sessions()
      .put(twin)
      .catch(() => undefined)
    expect(await sessions().load()).toHaveLength(1)
  })

  test('a damaged row opens nothing and stops nothing', async () => {
    await sessions().put(storedSession('one'))
    await sessions().put(storedSession('two'))
    await subject.sql("UPDATE sessions SET person = 'somebody' WHERE id = 'one'")
    await subject.reopen()
    expect((await sessions().load()).map(({ id }) => id)).toEqual(['two'])
  })

  test('a device whose name nobody should send is written', async () => {
    await sessions().put(storedSession('one', { device: 'Fire\u0000fox \udc00' }))
    await subject.reopen()
    expect((await sessions().load())[0]?.device).toHaveLength(10)
  })
})
