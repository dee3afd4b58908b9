import type { Bounds, History, Request, Violation } from './history.ts'
import { Contacts, Registers } from './registers.ts'

/**
 * Promises about requests: who was closed out is refused in time, at every gateway that is in contact; who is let in is let in
 * everywhere; a gateway that is cut off goes on for the grace time and no longer.
 */
export function checkRights(history: History, bounds: Bounds): Violation[] {
  const registers = new Registers(history.writes)
  const contacts = new Contacts(history, bounds)
  return history.requests.flatMap((request) => {
    if (request.verdict === 'unknown') return []
    if (request.verdict === 'refused') return wrongRefusal(request, registers, contacts)
    return [...wrongPermission(request, registers, contacts), ...tooLongAlone(request, contacts, bounds)]
  })
}

function wrongPermission(request: Request, registers: Registers, contacts: Contacts): Violation[] {
  const { gateway, key, needs, judged, to } = request
  const oldest = contacts.oldestState(gateway, judged)
  const closed = needs.find((need) => !registers.possible(need, oldest, to).has(true))
  if (closed === undefined) return []
  const closing = registers.lastConfirmed(closed, judged)
  const late =
    closing === undefined ? '' : `, ${Math.round(judged - closing.to)} ms after gateway ${closing.gateway} confirmed it`
  return [
    {
      promise: 'closed',
      detail: `gateway ${gateway} served ${key} at ${Math.round(to)} although ${closed} was false${late}`,
    },
  ]
}

function wrongRefusal(
  { gateway, key, needs, from, to }: Request,
  registers: Registers,
  contacts: Contacts,
): Violation[] {
  const oldest = contacts.oldestState(gateway, from)
  const mayBeFalse = needs.some((need) =>
    [...registers.possibleAt(gateway, need, from, to, oldest)].some((value) => value !== true),
  )
  if (mayBeFalse) return []
  return [
    {
      promise: 'open',
      detail: `gateway ${gateway} refused ${key} at ${Math.round(to)} although nothing had closed it`,
    },
  ]
}

function tooLongAlone({ gateway, key, from }: Request, contacts: Contacts, { graceMs }: Bounds): Violation[] {
  const alone = contacts.cutFor(gateway, from)
  if (alone <= graceMs) return []
  return [
    { promise: 'grace', detail: `gateway ${gateway} served ${key} after ${Math.round(alone)} ms without the database` },
  ]
}
