import { expect, test } from 'vitest'
import { originRecord, person, storedKey } from '../fixtures.ts'
import { forEachStore } from './stores.ts'

forEachStore('arrivals', (subject) => {
  const arrivals = {
    persons: [person('ada')],
    keys: [storedKey('one', { person: 'person_ada' }), storedKey('two')],
    origins: [originRecord('https://example.org'), originRecord('null', { status: 'pending', decidedBy: null })],
  }
  const here = async () => ({
    persons: (await subject.store.persons.load()).filter(({ role }) => role !== 'owner'),
    keys: await subject.store.keys.load(),
    origins: await subject.store.origins.load(),
  })

  test('persons, keys and sites of another computer arrive together', async () => {
    await subject.store.arrivals.insert(arrivals)
    await subject.reopen()
    expect(await here()).toEqual(arrivals)
  })

  test('nothing arrives if one key cannot', async () => {
    await subject.store.keys.insert(storedKey('two'))
    await expect(subject.store.arrivals.insert(arrivals)).rejects.toThrow()
    await subject.reopen()
    expect(await here()).toEqual({ persons: [], keys: [storedKey('two')], origins: [] })
  })

  test('what was removed can arrive again', async () => {
    await subject.store.arrivals.insert(arrivals)
    await subject.store.persons.remove('person_ada')
    for (const { key } of arrivals.keys) await subject.store.keys.remove(key.id)
    for (const { origin } of arrivals.origins) await subject.store.origins.remove(origin)
    expect(await here()).toEqual({ persons: [], keys: [], origins: [] })
    await subject.store.arrivals.insert(arrivals)
    expect(await here()).toEqual(arrivals)
  })
})
