import type { Caller } from '../caller.ts'
import type { ConsolePorts, OwnFacts } from '../ports.ts'
import { adminView } from './admin-view.ts'
import { ownView } from './own-view.ts'

/** The operations that a caller's role has. The rows of `CONSOLE_API` are checked before; this holds also without them. */
export function portsByRole(core: ConsolePorts, caller: Caller, facts: OwnFacts): ConsolePorts {
  if (caller.role === 'owner') return core
  const view = caller.role === 'admin' ? adminView(core) : ownView(core, caller, facts)
  return { ...view, subscribe: (listener) => view.subscribe((event) => isStill(caller, facts) && listener(event)) }
}

/** A stream outlives the request that opened it, and must not outlive the role. */
function isStill({ personId, role }: Caller, facts: OwnFacts): boolean {
  const person = facts.person(personId)
  return person?.role === role && person.state === 'active'
}
