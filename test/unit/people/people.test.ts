import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { newPersonSchema, type Person } from '#shared/people/person.ts'
import { OWNER_ID } from '#shared/people/person-id.ts'
import { People } from '../../../src-main/people/people.ts'
import { useAlways } from '../../support/summed-store.ts'
import { MemoryStores } from '../access/memory-stores.ts'

async function openPeople(stores = new MemoryStores()) {
  const narrowed: string[] = []
  const people = await People.open({
    store: stores.persons,
    use: useAlways,
    now: () => 1000,
    randomBytes,
    onNarrowed: (id) => narrowed.push(id),
    onRemoved: () => undefined,
    onChanged: () => undefined,
  })
  return { people, stores, narrowed }
}

const newPerson = (choices: object) => newPersonSchema.parse(choices)

test('there is always an owner, who comes first', async () => {
  const { people, stores } = await openPeople()
  await people.create(newPerson({ name: 'Anna' }))
  expect(people.list().map(({ role }) => role)).toEqual(['owner', 'member'])
  expect((await openPeople(stores)).people.list().map(({ name }) => name)).toEqual(['Owner', 'Anna'])
})

test.each([
  ['paused', { state: 'paused' }],
  ['set to pending', { state: 'pending' }],
  ['given another role', { role: 'member' }],
] as const)('the owner cannot be %s', async (_, patch) => {
  const { people, stores } = await openPeople()
  expect(() => people.change(OWNER_ID, patch)).toThrow('The owner cannot be')
  expect(people.find(OWNER_ID)).toMatchObject({ state: 'active', role: 'owner' })
  expect(stores.personRows.get(OWNER_ID)).toMatchObject({ state: 'active', role: 'owner' })
})

test('the owner cannot be removed, and nobody can become a second one', async () => {
  const { people } = await openPeople()
  const { id } = await people.create(newPerson({ name: 'Anna' }))
  await expect(people.remove(OWNER_ID, async () => {})).rejects.toThrow('The owner cannot be')
  expect(() => people.change(id, { role: 'owner' })).toThrow('There is one owner')
  expect(() => people.create(newPerson({ name: 'Eve', role: 'owner' }))).toThrow('There is one owner')
  expect(people.list().filter(({ role }) => role === 'owner')).toHaveLength(1)
})

test('the owner can be renamed and limited', async () => {
  const { people } = await openPeople()
  expect(await people.change(OWNER_ID, { name: 'Ada', tokensPerDay: 9, state: 'active' })).toMatchObject({
    name: 'Ada',
    tokensPerDay: 9,
  })
})

test('a pause is in effect before it is written, and stays if it cannot be written', async () => {
  const { people, stores, narrowed } = await openPeople()
  const { id } = await people.create(newPerson({ name: 'Anna' }))
  stores.diskFull = true
  const pausing = people.change(id, { state: 'paused' })
  expect(people.find(id)?.state).toBe('paused')
  expect(narrowed).toEqual([id])
  await expect(pausing).rejects.toMatchObject({ code: 'store_failed', parts: { so: 'person_stopped' } })
  expect(people.find(id)?.state).toBe('paused')
  stores.diskFull = false
  // Another change does not resume them.
  expect(await people.change(id, { name: 'Anne' })).toMatchObject({ name: 'Anne', state: 'paused' })
  expect(await people.change(id, { state: 'active' })).toMatchObject({ name: 'Anne', state: 'active' })
})

test('a resume that was asked for before a pause does not undo it', async () => {
  const { people } = await openPeople()
  const { id } = await people.create(newPerson({ name: 'Anna' }))
  await people.change(id, { state: 'paused' })
  await Promise.all([people.change(id, { state: 'active' }), people.change(id, { state: 'paused' })])
  expect(people.find(id)?.state).toBe('paused')
})

test.each<[string, Partial<Person>, boolean]>([
  ['a list', { models: ['a'] }, true],
  ['a site that goes from the list', { origins: null }, false],
  ['online that is switched off', { online: false }, true],
  ['a limit', { tokensPerDay: 5 }, false],
  ['a name', { name: 'Anne' }, false],
])('%s ends running streams only if it takes something away', async (_, patch, ends) => {
  const { people, narrowed } = await openPeople()
  const { id } = await people.create(newPerson({ name: 'Anna', origins: ['https://a.example'] }))
  await people.change(id, patch)
  expect(narrowed.length > 0).toBe(ends)
})

test('while somebody is removed none of their keys works, and afterwards they are gone', async () => {
  const { people, stores } = await openPeople()
  const { id } = await people.create(newPerson({ name: 'Anna' }))
  let seen: string | undefined
  await people.remove(id, async () => void (seen = people.find(id)?.state))
  expect(seen).toBe('paused')
  expect(people.find(id)).toBeUndefined()
  expect(stores.personRows.has(id)).toBe(false)
})

test.each(['07:00-07:00', '7:00-9:00', '24:00-25:00', '07:00', '07:60-08:00'])('%s are no hours', (hours) => {
  expect(newPersonSchema.safeParse({ name: 'Anna', hours: [hours] }).success).toBe(false)
})

test('keys from a file find their persons by id or by name, and make those who are missing', async () => {
  const { people } = await openPeople()
  const { id } = await people.create(newPerson({ name: 'Anna' }))
  const plan = people.plan({ persons: [], named: [' anna ', OWNER_ID, 'Ben', 'BEN'] })
  expect(plan.fresh).toMatchObject([{ name: 'Ben', role: 'member' }])
  expect([plan.idOf('ANNA'), plan.idOf(OWNER_ID), plan.idOf('ben')]).toEqual([id, OWNER_ID, plan.fresh[0]?.id])
})

test('a file changes nobody who is here, makes no second owner, and has everybody whom its keys name', async () => {
  const { people } = await openPeople()
  const { id } = await people.create(newPerson({ name: 'Anna', tokensPerDay: 5 }))
  const person = (changes: object): Person => ({
    ...newPerson({ name: 'Eve' }),
    state: 'active',
    id: 'person_eve',
    createdAt: 0,
    ...changes,
  })
  const theirs = person({ id: 'person_other', name: 'anna', tokensPerDay: null })
  const plan = people.plan({ persons: [person({ role: 'owner' }), theirs], named: [] })
  expect(plan.fresh).toMatchObject([{ id: 'person_eve', role: 'member' }])
  expect(plan.idOf('person_other')).toBe(id)
  expect(people.find(id)?.tokensPerDay).toBe(5)
  expect(() => people.plan({ persons: [], named: ['person_nobody'] })).toThrow('not in it')
  expect(() => people.plan({ persons: [theirs, theirs], named: [] })).toThrow('twice')
})
