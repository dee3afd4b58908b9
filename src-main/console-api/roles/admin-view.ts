import { OWNER_ID } from '#shared/people/person-id.ts'
import type { ConsolePorts } from '../ports.ts'
import { refuse, refused, roleNotAllowed } from './refused.ts'

/**
 * The operations for an admin: those of the owner, but none that changes, stops or signs out the owner, ends the app or
 * writes into the owner's home folder.
 */
export function adminView(core: ConsolePorts): ConsolePorts {
  const { people } = core
  return {
    ...core,
    quit: refuse,
    handover: { list: refused, plan: refused, apply: refused, undo: refused },
    people: {
      ...people,
      change: (id, patch) => unlessOwner(id, () => people.change(id, patch)),
      remove: (id, usage) => unlessOwner(id, () => people.remove(id, usage)),
      endSessions: (id, session) => unlessOwner(id, () => people.endSessions(id, session)),
    },
  }
}

async function unlessOwner<T>(id: string, work: () => Promise<T>): Promise<T> {
  if (id === OWNER_ID) throw roleNotAllowed()
  return work()
}
