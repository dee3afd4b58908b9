/** Gateways tell each other on this channel of limits that are used up, and of those that have room again. */
export const SIGNALS_CHANNEL = 'latchkey_limits'

/** Limits by `whose:kind:id`. */
export interface ShareSignals {
  readonly starving: readonly string[]
  readonly full: readonly string[]
  readonly room: readonly string[]
}

/** PostgreSQL's longest payload has 8,000 bytes. */
const MOST_NAMES = 40
const LONGEST_PAYLOAD = 7_900

/** The payloads of NOTIFY. If one is lost, a gateway looks a second later. */
export function signalPayloads(from: number, { starving, full, room }: ShareSignals): string[] {
  const longest = Math.max(starving.length, full.length, room.length)
  const payloads: string[] = []
  for (let at = 0; at < longest; at += MOST_NAMES) {
    const part = (names: readonly string[]) => names.slice(at, at + MOST_NAMES)
    payloads.push(JSON.stringify({ from, starving: part(starving), full: part(full), room: part(room) }))
  }
  return payloads.filter((payload) => Buffer.byteLength(payload) <= LONGEST_PAYLOAD)
}

/** undefined for what this gateway sent itself, and for what a newer version may send. */
export function readSignals(payload: string, me: number): ShareSignals | undefined {
  try {
    const { from, starving, full, room } = JSON.parse(payload) as Record<string, unknown>
    return from === me ? undefined : { starving: names(starving), full: names(full), room: names(room) }
  } catch {
    return undefined
  }
}

function names(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : []
}
