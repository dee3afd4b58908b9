import type { Bounds, History, Look, Register, Value, Violation, Write } from './history.ts'
import { Contacts, Registers } from './registers.ts'

/**
 * Promises about changes. Each look shows a value that was written and is not over: so no confirmed change is lost, and no
 * refused one has had an effect.
 */
export function checkLooks(history: History, bounds: Bounds): Violation[] {
  const registers = new Registers(history.writes)
  const contacts = new Contacts(history, bounds)
  return history.looks.flatMap(({ gateway, register, value, from, to }) => {
    // Something whose creation nobody confirmed.
    if (!registers.has(register)) return []
    const possible = registers.possibleAt(gateway, register, from, to, contacts.oldestState(gateway, from))
    if (possible.has(value)) return []
    const allowed = [...possible].map(String).join(' or ')
    return [
      {
        promise: 'changes',
        detail: `gateway ${gateway} showed ${register} = ${String(value)} at ${Math.round(to)}, possible was ${allowed}`,
      },
    ]
  })
}

/**
 * What the gateways show in the end, when all is repaired and nobody writes any more: a value that is not over, the same at all
 * of them, and changes of one request together or not at all.
 */
export function checkEnd(history: Pick<History, 'writes'>, ends: readonly Look[]): Violation[] {
  const registers = new Registers(history.writes)
  const lost = ends.flatMap(({ gateway, register, value, from, to }): Violation[] => {
    const possible = registers.possible(register, from, to)
    if (possible.has(value)) return []
    const allowed = [...possible].map(String).join(' or ')
    return [
      {
        promise: 'lost',
        detail: `in the end gateway ${gateway} had ${register} = ${String(value)} instead of ${allowed}`,
      },
    ]
  })
  return [...lost, ...disagreements(ends), ...halves(history.writes, ends)]
}

function disagreements(ends: readonly Look[]): Violation[] {
  return [...Map.groupBy(ends, ({ register }) => register)].flatMap(([register, looks]) => {
    const values = new Set(looks.map(({ value }) => value))
    if (values.size <= 1) return []
    const seen = looks.map(({ gateway, value }) => `${gateway}: ${String(value)}`).join(', ')
    return [{ promise: 'agreement', detail: `in the end the gateways disagree about ${register} (${seen})` }]
  })
}

function halves(writes: readonly Write[], ends: readonly Look[]): Violation[] {
  const groups = Map.groupBy(
    writes.filter(({ group }) => group !== undefined),
    ({ group }) => group,
  )
  const end = new Map<Register, Value | undefined>(ends.map(({ register, value }) => [register, value]))
  return [...groups].flatMap(([group, members]) => {
    const there = members.filter(({ register }) => end.get(register) !== undefined)
    if (there.length === 0 || there.length === members.length) return []
    return [{ promise: 'atomic', detail: `only ${there.length} of ${members.length} parts of ${group} took effect` }]
  })
}
