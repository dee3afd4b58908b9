// Accounts and newcomers are doubles: their room has tests of its own.

import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { newPersonSchema, type Person } from '#shared/people/person.ts'
import { OWNER_ID } from '#shared/people/person-id.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { People } from '../../../src-main/people/people.ts'
import { Admission } from '../../../src-main/people/providers/admission.ts'
import type { Identity } from '../../../src-main/people/providers/identity.ts'
import type { NewAccount, Newcomer } from '../../../src-main/people/providers/ports.ts'
import { VISITOR } from '../../support/providers/sign-in-stage.ts'
import { useAlways } from '../../support/summed-store.ts'
import { MemoryStores } from '../access/memory-stores.ts'

const ANNA: Identity = {
  kind: 'oidc',
  subject: 'https://issuer.example anna',
  account: 'anna@example.org',
  name: 'Anna',
  email: 'anna@example.org',
  role: null,
}
const INVITATION = 'an-open-invitation'

type StoredAccount = NewAccount & { id: string; person: string }

async function openAdmission(settings: { ownerEmail?: string; registration?: 'invite' | 'approval' | 'open' } = {}) {
  const people = await People.open({
    store: new MemoryStores().persons,
    use: useAlways,
    now: () => 1000,
    randomBytes,
    onNarrowed: () => undefined,
    onRemoved: () => undefined,
    onChanged: () => undefined,
  })
  const rows: StoredAccount[] = []
  const add = async (person: string, account: NewAccount) => {
    if (rows.some(({ kind, subject }) => kind === account.kind && subject === account.subject)) throw new Error('twice')
    rows.push({ ...account, id: `credential_${rows.length}`, person })
  }
  const join = async ({ name, email, role, account }: Newcomer, fields: Partial<Person> = {}) => {
    const { state = 'active', ...choices } = { role: role ?? 'member', ...fields }
    const person = await people.create(newPersonSchema.parse({ name, email, ...choices }))
    await add(person.id, account)
    return state === 'active' ? person : ((await people.change(person.id, { state })) ?? person)
  }
  const invitations = new Set([INVITATION])
  const admission = new Admission({
    persons: people,
    accounts: {
      find: (kind, subject) => rows.find((row) => row.kind === kind && row.subject === subject),
      of: (personId) => rows.filter(({ person }) => person === personId),
      add,
      used: async (id, now) => void Object.assign(rows.find((row) => row.id === id) ?? {}, now),
    },
    newcomers: {
      invited: async (code, newcomer) => (invitations.delete(code) ? join({ ...newcomer, role: 'guest' }) : undefined),
      async uninvited(newcomer) {
        if (settings.registration === undefined) throw new PersonError('not_found', 'An invitation is needed.')
        return join(newcomer, { state: settings.registration === 'approval' ? 'pending' : 'active' })
      },
      appointed: (newcomer) => join(newcomer),
    },
    settings: () => ({ ownerEmail: settings.ownerEmail ?? null }),
  })
  const admit = (identity: Partial<Identity> = {}, code: string | null = null) =>
    admission.admit({ ...ANNA, ...identity }, code, VISITOR)
  /** The person who came in. */
  const person = async (identity: Partial<Identity> = {}, code: string | null = null) => {
    const admitted = await admit(identity, code)
    return admitted === 'waiting' ? undefined : people.find(admitted.personId)
  }
  const entered = (fields: object) => people.create(newPersonSchema.parse({ name: 'Entered', ...fields }))
  return { people, rows, admit, person, entered, settings }
}

test('somebody unknown without an invitation is refused, and nobody is added', async () => {
  const { admit, people, rows } = await openAdmission()
  await expect(admit()).rejects.toThrow('An invitation is needed.')
  expect([people.list().length, rows.length]).toEqual([1, 0])
})

test('an invitation makes a person with its role, once', async () => {
  const { admit, person } = await openAdmission()
  expect(await person({ role: 'admin' }, INVITATION)).toMatchObject({ name: 'Anna', role: 'guest', state: 'active' })
  await expect(admit({ subject: 'another' }, INVITATION)).rejects.toThrow('An invitation is needed.')
})

test('a known account is the same person, whatever its address and name are now', async () => {
  const { person, people, rows } = await openAdmission()
  const first = await person({}, INVITATION)
  expect(await person({ email: null, name: 'Another', account: 'new@example.org' })).toEqual(first)
  expect(people.list()).toHaveLength(2)
  expect(rows.map(({ name }) => name)).toEqual(['new@example.org'])
})

test('a known account does not use up an invitation', async () => {
  const { person, entered } = await openAdmission()
  await entered({ email: 'anna@example.org' })
  const first = await person()
  expect(await person({}, INVITATION)).toEqual(first)
  expect(await person({ subject: 'another', email: null }, INVITATION)).toMatchObject({ role: 'guest' })
})

test('the same subject at another kind of provider is another account', async () => {
  const { admit, person } = await openAdmission()
  await person({}, INVITATION)
  await expect(admit({ kind: 'github' })).rejects.toThrow('An invitation is needed.')
})

test('an address that an operator entered links the account, in any capitals', async () => {
  const { person, entered } = await openAdmission()
  const { id } = await entered({ email: 'Anna@Example.org', role: 'member' })
  expect(await person()).toMatchObject({ id, role: 'member' })
  // Further accounts with this address, too.
  expect(await person({ kind: 'github', subject: 'github 1' })).toMatchObject({ id })
  expect(await person({ email: null })).toMatchObject({ id })
})

test.each([
  ['is not verified', { email: null }],
  ['is another', { email: 'anna@example.com' }],
])('an account whose address %s is not linked', async (_, identity) => {
  const { admit, entered, rows } = await openAdmission()
  await entered({ email: 'anna@example.org' })
  await expect(admit(identity)).rejects.toThrow('An invitation is needed.')
  expect(rows).toEqual([])
})

test('an address that came from a provider links no other account', async () => {
  const { admit, person } = await openAdmission()
  expect(await person({}, INVITATION)).toMatchObject({ email: 'anna@example.org' })
  await expect(admit({ kind: 'github', subject: 'github 1' })).rejects.toThrow('An invitation is needed.')
})

test('no account is linked to the owner, or to one of two persons with its address', async () => {
  const { admit, people, entered, rows } = await openAdmission()
  await people.change(OWNER_ID, { email: 'anna@example.org' })
  await expect(admit()).rejects.toThrow('An invitation is needed.')
  await entered({ name: 'One', email: 'two@example.org' })
  await entered({ name: 'Two', email: 'two@example.org' })
  await expect(admit({ email: 'two@example.org' })).rejects.toThrow('An invitation is needed.')
  expect(rows).toEqual([])
})

test('a paused person is refused, and a pending one waits, also by an address', async () => {
  const { admit, people, person, entered, rows } = await openAdmission()
  const { id } = (await person({}, INVITATION)) ?? { id: '' }
  await people.change(id, { state: 'paused' })
  await expect(admit({ role: 'admin' })).rejects.toMatchObject({ code: 'person_paused' })
  await people.change(id, { state: 'pending' })
  expect(await admit({ role: 'admin' })).toBe('waiting')
  const { id: other } = await entered({ email: 'bob@example.org' })
  await people.change(other, { state: 'paused' })
  await expect(admit({ subject: 'bob', email: 'bob@example.org' })).rejects.toMatchObject({ code: 'person_paused' })
  expect(rows).toHaveLength(1)
  expect(people.find(id)?.role).toBe('guest')
})

test('the first account with the owner’s address becomes an admin, and no second one', async () => {
  const { admit, person, people } = await openAdmission({ ownerEmail: 'Anna@example.org' })
  await expect(admit({ email: null })).rejects.toThrow('An invitation is needed.')
  const both = await Promise.allSettled([person(), person({ kind: 'github', subject: 'github 1' })])
  expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  expect(people.list().map(({ role }) => role)).toEqual(['owner', 'admin'])
})

test('an admin by the owner’s address stays one for another sign-in with the same account', async () => {
  const { person } = await openAdmission({ ownerEmail: 'anna@example.org' })
  await person({ role: 'member' })
  expect(await person({ role: 'member' })).toMatchObject({ role: 'admin' })
})

test('by approval somebody unknown waits until an operator lets them in', async () => {
  const { admit, people } = await openAdmission({ registration: 'approval' })
  expect(await admit()).toBe('waiting')
  expect(await admit()).toBe('waiting')
  const [, anna] = people.list()
  await people.change(anna?.id ?? '', { state: 'active' })
  expect(await admit()).toEqual({ personId: anna?.id, method: 'oidc' })
  expect(people.list()).toHaveLength(2)
})

test('many sign-ins at once with one account make one person', async () => {
  const { person, people } = await openAdmission({ registration: 'open' })
  const all = await Promise.all(Array.from({ length: 100 }, () => person()))
  expect(new Set(all.map((one) => one?.id)).size).toBe(1)
  expect(people.list()).toHaveLength(2)
})

test.each<[string, Identity['role'], Identity['role'], Person['role']]>([
  ['is raised', 'member', 'admin', 'admin'],
  ['is lowered', 'admin', 'guest', 'guest'],
  ['is lost by an admin', 'admin', null, 'member'],
  ['is lost by a guest, who gets no more', 'guest', null, 'guest'],
  ['comes up later', null, 'admin', 'admin'],
])('a role at the provider that %s is followed at the next sign-in', async (_, before, after, role) => {
  const { person } = await openAdmission({ registration: 'open' })
  await person({ role: before })
  expect(await person({ role: after })).toMatchObject({ role })
})

test('a role that an operator gives stays until the provider’s changes', async () => {
  const { person, people } = await openAdmission({ registration: 'open' })
  const { id } = (await person({ role: 'admin' })) ?? { id: '' }
  await people.change(id, { role: 'guest' })
  expect(await person({ role: 'admin' })).toMatchObject({ role: 'guest' })
  expect(await person({ role: 'member' })).toMatchObject({ role: 'member' })
})
