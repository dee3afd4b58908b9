import { expect, test } from 'vitest'
import { OWNER_ID } from '../../../src-shared/people/person-id.ts'
import type { StoredInvitation } from '../../../src-shared/people/stored.ts'
import { NOW, person, storedCredential, storedInvitation, storedKey, storedSession } from '../fixtures.ts'
import { forEachStore } from './stores.ts'

const used = { usedAt: NOW, usedBy: 'person_ada' }
const joiningOf = (id: string) => ({
  person: person('ada'),
  credential: storedCredential('one'),
  keys: [storedKey('guest', { person: 'person_ada' })],
  invitation: storedInvitation(id, used),
})

forEachStore('people', (subject) => {
  /** Without the owner, whom each store has sooner or later. */
  const persons = async () => (await subject.store.persons.load()).filter(({ id }) => id !== OWNER_ID)
  const credentials = () => subject.store.credentials
  const invitations = () => subject.store.invitations
  const joinings = () => subject.store.joinings

  test('a person comes back as written, is changed, removed, and can come again', async () => {
    const ada = person('ada', {
      email: 'ada@example.org',
      picture: 'data:image/png;base64,AA==',
      role: 'admin',
      state: 'paused',
      models: ['llama3'],
      origins: ['https://example.org'],
      online: false,
      hours: ['08:00-20:00'],
      requestsPerMinute: 1,
      tokensPerDay: 2,
      concurrency: 3,
    })
    await subject.store.persons.put(ada)
    await subject.store.persons.put(person('bob'))
    await subject.reopen()
    expect(await persons()).toEqual([ada, person('bob')])
    await subject.store.persons.put({ ...ada, state: 'active', models: null })
    await subject.store.persons.remove('person_bob')
    expect(await persons()).toEqual([{ ...ada, state: 'active', models: null }])
    await subject.store.persons.put(person('bob', { name: 'Bob again' }))
    await subject.store.persons.put(person('bob', { name: 'Bob once more' }))
    await subject.reopen()
    expect((await persons()).map(({ name }) => name)).toEqual(['ada', 'Bob once more'])
  })

  test('a person whose row is invalid is left out, and the owner is told', async () => {
    await subject.store.persons.put(person('good'))
    await subject.store.persons.put(person('bad'))
    await subject.sql(`UPDATE persons SET hours = 'always' WHERE id = 'person_bad'`)
    await subject.reopen()
    expect((await persons()).map(({ id }) => id)).toEqual(['person_good'])
    expect(subject.store.notices().map(({ code }) => code)).toEqual(['person_unreadable'])
  })

  test('invitations and credentials are there after the store was closed', async () => {
    const invitation = storedInvitation('one', { models: ['llama3'], hours: ['08:00-20:00'], online: false })
    await invitations().put(invitation)
    await credentials().put(storedCredential('one'))
    await credentials().put(storedCredential('two', { kind: 'passkey', subject: 'abc', name: 'Phone' }))
    await credentials().put(storedCredential('one', { data: 'another', lastUsedAt: NOW }))
    await subject.reopen()
    expect(await invitations().load()).toEqual([invitation])
    expect(await credentials().load()).toEqual([
      storedCredential('one', { data: 'another', lastUsedAt: NOW }),
      storedCredential('two', { kind: 'passkey', subject: 'abc', name: 'Phone' }),
    ])
  })

  test('two credentials of a kind never have the same subject', async () => {
    await credentials().put(storedCredential('one', { kind: 'passkey', subject: 'abc' }))
    await expect(credentials().put(storedCredential('two', { kind: 'passkey', subject: 'abc' }))).rejects.toThrow()
    await credentials().put(storedCredential('two', { kind: 'github', subject: 'abc' }))
    expect((await credentials().load()).map(({ kind }) => kind)).toEqual(['passkey', 'github'])
    await credentials().remove('credential_one')
    await credentials().put(storedCredential('three', { kind: 'passkey', subject: 'abc' }))
    expect((await credentials().load()).map(({ id }) => id)).toEqual(['credential_two', 'credential_three'])
  })

  test('two invitations never have the same code, and one can be removed', async () => {
    await invitations().put(storedInvitation('one'))
    await expect(
      invitations().put({ ...storedInvitation('two'), codeHash: storedInvitation('one').codeHash }),
    ).rejects.toThrow()
    await invitations().remove('invitation_one')
    await invitations().remove('invitation_unknown')
    expect(await invitations().load()).toEqual([])
  })

  test('somebody joins as a whole: the person, their way in, their key and the used invitation', async () => {
    await invitations().put(storedInvitation('one'))
    await joinings().insert(joiningOf('one'))
    await subject.reopen()
    expect((await persons()).map(({ id }) => id)).toEqual(['person_ada'])
    expect(await credentials().load()).toEqual([storedCredential('one')])
    expect((await subject.store.keys.load()).map(({ key }) => key.person)).toEqual(['person_ada'])
    expect(await invitations().load()).toEqual([storedInvitation('one', used)])
  })

  test('somebody can join without an invitation', async () => {
    await joinings().insert({ ...joiningOf('one'), invitation: null })
    expect((await persons()).map(({ id }) => id)).toEqual(['person_ada'])
  })

  test.each([
    ['used', { usedAt: NOW, usedBy: 'person_bob' }],
    ['revoked', { revokedAt: NOW }],
    ['unknown', undefined],
  ] as const)('nothing is written for an invitation that is %s', async (_, changes) => {
    if (changes !== undefined) await invitations().put(storedInvitation('one', changes))
    await expect(joinings().insert(joiningOf('one'))).rejects.toThrow()
    expect(await persons()).toEqual([])
    expect(await credentials().load()).toEqual([])
    expect(await subject.store.keys.load()).toEqual([])
  })

  test('a joining with a way in that somebody else has writes nothing, and leaves the invitation open', async () => {
    await invitations().put(storedInvitation('one'))
    await credentials().put(storedCredential('other', { person: 'person_bob' }))
    await expect(joinings().insert(joiningOf('one'))).rejects.toThrow()
    await subject.reopen()
    expect(await persons()).toEqual([])
    expect(await subject.store.keys.load()).toEqual([])
    expect(await invitations().load()).toEqual([storedInvitation('one')])
  })

  test('of two who join with one invitation at once, one wins', async () => {
    await invitations().put(storedInvitation('one'))
    const other = {
      ...joiningOf('one'),
      person: person('bob'),
      credential: storedCredential('two', { person: 'person_bob', subject: 'person_bob' }),
      keys: [],
    }
    const results = await Promise.allSettled([joinings().insert(joiningOf('one')), joinings().insert(other)])
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await subject.reopen()
    expect(await persons()).toHaveLength(1)
    expect(await credentials().load()).toHaveLength(1)
  })

  test('a person who is removed takes along their ways in, and the invitations that they made or used', async () => {
    await invitations().put(storedInvitation('one'))
    await joinings().insert(joiningOf('one'))
    await invitations().put(storedInvitation('made', { createdBy: 'person_ada' }))
    await invitations().put(storedInvitation('other'))
    await credentials().put(storedCredential('owner', { person: 'person_owner', subject: 'person_owner' }))
    await subject.store.persons.remove('person_ada')
    expect((await credentials().load()).map(({ id }) => id)).toEqual(['credential_owner'])
    expect((await invitations().load()).map(({ id }) => id)).toEqual(['invitation_other'])
  })

  /** An invitation for Ada, who is here already. */
  const again = (id: string, changes: Partial<StoredInvitation> = {}) =>
    storedInvitation(id, { preset: 'none', person: 'person_ada', createdBy: 'person_boss', ...changes })
  /** Ada with a password and a session, and an invitation that she can use. */
  async function addAda(): Promise<void> {
    for (const name of ['boss', 'ada']) await subject.store.persons.put(person(name))
    await credentials().put(storedCredential('one'))
    await subject.store.sessions.put(storedSession('ada', { person: 'person_ada' }))
    await subject.store.sessions.put(storedSession('boss', { person: 'person_boss' }))
    await invitations().put(again('one'))
  }
  const recovery = {
    credential: storedCredential('one', { data: 'another hash' }),
    invitation: again('one', used),
  }

  test('somebody gets in again as a whole: their other password and the used invitation, and no session is left', async () => {
    await addAda()
    await joinings().recover(recovery)
    await subject.reopen()
    expect(await credentials().load()).toEqual([recovery.credential])
    expect(await invitations().load()).toEqual([recovery.invitation])
    expect((await subject.store.sessions.load()).map(({ id }) => id)).toEqual(['boss'])
    expect((await persons()).map(({ id }) => id)).toEqual(['person_boss', 'person_ada'])
  })

  test('somebody gets in again with another way in beside the first', async () => {
    await addAda()
    const credential = storedCredential('two', { kind: 'passkey', subject: 'abc' })
    await joinings().recover({ ...recovery, credential })
    await subject.reopen()
    expect(await credentials().load()).toEqual([storedCredential('one'), credential])
  })

  test.each([
    ['used', used],
    ['revoked', { revokedAt: NOW }],
    ['removed', undefined],
  ] as const)('nobody gets in again with an invitation that was %s', async (_, changes) => {
    await addAda()
    if (changes === undefined) await invitations().remove('invitation_one')
    else await invitations().put(again('one', changes))
    await expect(joinings().recover(recovery)).rejects.toThrow()
    expect(await credentials().load()).toEqual([storedCredential('one')])
    expect(await subject.store.sessions.load()).toHaveLength(2)
  })

  test('of two who get in again with one invitation at once, one wins', async () => {
    await addAda()
    const other = { ...recovery, credential: storedCredential('two', { kind: 'passkey', subject: 'abc' }) }
    const results = await Promise.allSettled([joinings().recover(recovery), joinings().recover(other)])
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('a person never has two invitations that were neither used nor revoked', async () => {
    await addAda()
    await expect(invitations().put(again('two'))).rejects.toThrow()
    await invitations().put(again('one', { revokedAt: NOW }))
    await invitations().put(again('two'))
    await invitations().put(again('bob', { person: 'person_bob' }))
    for (const id of ['new', 'newer']) await invitations().put(storedInvitation(id))
    expect(await invitations().load()).toHaveLength(5)
  })

  test('an invitation for a person who is removed goes with them', async () => {
    await addAda()
    await subject.store.persons.remove('person_ada')
    expect(await invitations().load()).toEqual([])
  })

  test('an invitation for somebody new never has a person, and one for a person who is here always has one', async () => {
    await addAda()
    await expect(invitations().put(again('two', { person: 'person_bob', preset: 'models' }))).rejects.toThrow()
    await subject.sql(`UPDATE invitations SET person = NULL`)
    await subject.reopen()
    expect(await invitations().load()).toEqual([])
  })

  test('a row that nobody can have written lets nobody in', async () => {
    await invitations().put(storedInvitation('good'))
    await invitations().put(storedInvitation('bad'))
    await credentials().put(storedCredential('good'))
    await credentials().put(storedCredential('bad', { kind: 'oidc', subject: 'x' }))
    await subject.sql(`UPDATE invitations SET models = '["' WHERE id = 'invitation_bad';
      UPDATE credentials SET person = '../x' WHERE id = 'credential_bad'`)
    await subject.reopen()
    expect((await invitations().load()).map(({ id }) => id)).toEqual(['invitation_good'])
    expect((await credentials().load()).map(({ id }) => id)).toEqual(['credential_good'])
  })
})
