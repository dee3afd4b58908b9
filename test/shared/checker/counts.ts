import type { Bounds, History, Request, Violation } from './history.ts'
import { Contacts } from './registers.ts'

export interface CountOptions extends Bounds {
  /** What a gateway had in memory for less than this is lost when it is killed. */
  readonly lostOnKillMs: number
}

/**
 * Promise about usage: in the end each request that was let in is counted exactly once. Those that a gateway answered in the last moments
 * before it was killed may be missing, and if it was cut off then, those that it answered since. One without an answer is counted
 * once or not at all.
 */
export function checkCounts(
  history: Pick<History, 'requests' | 'kills' | 'cuts'>,
  counted: ReadonlyMap<string, number>,
  options: CountOptions,
): Violation[] {
  const contacts = new Contacts(history, options)
  const mayBeLost = ({ gateway, from, to }: Request) =>
    history.kills.some((kill) => {
      const written = contacts.lastContact(gateway, kill.at) - options.lostOnKillMs
      return kill.gateway === gateway && from <= kill.at && to >= written
    })
  return [...Map.groupBy(history.requests, ({ key }) => key)].flatMap(([key, sent]) => {
    const least = sent.filter((request) => request.verdict === 'allowed' && !mayBeLost(request)).length
    const count = counted.get(key) ?? 0
    if (count >= least && count <= sent.length) return []
    return [{ promise: 'usage', detail: `${key} was counted ${count} times; possible is ${least} to ${sent.length}` }]
  })
}
