import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { PostgresStore } from '../../../src-main/store/postgres/postgres-store.ts'
import { type PostgresServer, startPostgres, whyNoPostgres } from '../../support/postgres.ts'
import { openShared } from '../contract/stores.ts'
import { NOW, person, storedCredential, storedInvitation } from '../fixtures.ts'

const reason = whyNoPostgres()
if (reason !== undefined) console.warn(`getting in again in PostgreSQL: skipped, because ${reason}`)

const open = storedInvitation('one', { preset: 'none', person: 'person_ada', createdBy: 'person_boss' })
const recovery = {
  credential: storedCredential('one', { data: 'another hash' }),
  invitation: { ...open, usedAt: NOW, usedBy: 'person_ada' },
}

describe.skipIf(reason !== undefined)('somebody who gets in again at one of two gateways', () => {
  let server: PostgresServer
  let url: string
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.remove())
  beforeEach(async () => {
    url = await server.createDatabase()
  })

  async function load(store: PostgresStore): Promise<void> {
    for (const kind of ['persons', 'credentials', 'invitations', 'sessions'] as const) await store[kind].load()
  }

  test.each(['ada', 'boss'])('is judged anew if the other has changed %s', async (name) => {
    const one = await openShared(url, 'one:/data')
    for (const id of ['ada', 'boss']) await one.persons.put(person(id))
    await one.credentials.put(storedCredential('one'))
    await one.invitations.put(open)
    const other = await openShared(url, 'other:/data')
    await load(other)
    await other.persons.put(person(name, { state: 'paused' }))
    // Neither follows the other here, so this is a change of which the first has not heard.
    await expect(one.joinings.recover(recovery)).rejects.toMatchObject({ code: 'changed_elsewhere' })
    const third = await openShared(url, 'third:/data')
    expect(await third.credentials.load()).toEqual([storedCredential('one')])
    expect(await third.invitations.load()).toEqual([open])
    await Promise.all([one, other, third].map((store) => store.close()))
  })
})
