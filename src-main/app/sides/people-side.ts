import type { ListedPerson, Person, PersonUsage } from '#shared/people/person.ts'
import type { Caller } from '../../console-api/caller.ts'
import type { ConsolePorts } from '../../console-api/ports.ts'
import type { Sessions } from '../../people/sessions/sessions.ts'
import type { Forgetting } from '../operations/forget.ts'
import type { Rooms } from '../rooms.ts'

/** The operations on persons, with what a removal does to their keys and their usage. */
export function createPeopleOperations(
  { people, sessions, access }: Pick<Rooms, 'people' | 'sessions' | 'access'>,
  forgetting: Pick<Forgetting, 'forgetKeysOf'>,
): ConsolePorts['people'] {
  const listed = (person: Person): ListedPerson => ({
    ...person,
    keys: access.keysOf(person.id).filter(({ deleted }) => !deleted).length,
  })
  const removeKeys = async (id: string, usage: PersonUsage) => {
    if (usage === 'forget') return await forgetting.forgetKeysOf(id)
    for (const { key, deleted } of access.keysOf(id)) if (!deleted) await access.keys.delete(key.id)
  }
  return {
    list: async () => people.list().map(listed),
    create: async (person) => listed(await people.create(person)),
    async change(id, patch) {
      const person = await people.change(id, patch)
      return person && listed(person)
    },
    sessions: async (id) => (people.find(id) === undefined ? undefined : sessions.list(id, null)),
    async endSessions(id, session) {
      if (people.find(id) === undefined) return false
      if (session !== undefined) return sessions.end(session, id)
      await sessions.endAll(id)
      return true
    },
    remove: (id, usage) => people.remove(id, () => removeKeys(id, usage)),
  }
}

type OwnSessions = Pick<ConsolePorts['me'], 'sessions' | 'endSession' | 'endOtherSessions' | 'signOut'>

/** The sessions of the person who calls. The window has none itself, so it cannot sign out. */
export function createOwnSessions(
  sessions: Sessions,
  { personId, sessionId }: Pick<Caller, 'personId' | 'sessionId'>,
): OwnSessions {
  return {
    sessions: async () => sessions.list(personId, sessionId),
    endSession: (id) => sessions.end(id, personId),
    endOtherSessions: () => sessions.endAll(personId, sessionId),
    async signOut() {
      if (sessionId !== null) await sessions.end(sessionId, personId)
    },
  }
}
