import { MOST_DEVICE_PAIRINGS, MOST_PAIRINGS, type PairingOutcome } from '#shared/pairing/pairing.ts'
import type { StoredPairing } from '#shared/pairing/stored.ts'
import type { Caller } from './held-pairing.ts'

/**
 * How long a key may take to be created and handed over. Only a gateway that was killed meanwhile takes longer, and its request
 * must not stay for ever.
 */
const TAKEN_MS = 60_000
/** How long an ended request is remembered, so that reopening its page in a tab does not ask the person again. */
export const KEPT_MS = 3_600_000
const MOST_KEPT = 200

/** `open`, or how the request went on: at first without an end (`approved`, `declined`), and then with one. */
export type Stage = 'open' | PairingOutcome

export function stageOf({ state, endsAt, outcome }: StoredPairing, now: number): Stage {
  switch (state) {
    case 'open':
      return now < endsAt ? 'open' : 'expired'
    case 'declined':
      return 'declined'
    case 'approved':
      return now < endsAt ? 'approved' : 'abandoned'
    case 'taken':
      return now < endsAt + TAKEN_MS ? 'approved' : 'abandoned'
    case 'ended':
      return outcome ?? 'expired'
  }
}

/** True until the app learns that its request is over. */
export function isLive(row: StoredPairing, now: number): boolean {
  if (row.state === 'declined') return now < row.endsAt
  return row.state !== 'ended' && ['open', 'approved'].includes(stageOf(row, now))
}

/** When the stage of a request changes by itself; undefined if it does not any more. */
export function nextChangeAt(row: StoredPairing, now: number): number | undefined {
  if (row.state === 'declined' || !isLive(row, now)) return undefined
  return row.state === 'taken' ? row.endsAt + TAKEN_MS : row.endsAt
}

/** True if the person declined a request of this slot a moment ago. */
export function isSilent(rows: readonly StoredPairing[], slot: string, now: number): boolean {
  return rows.some((row) => row.slot === slot && now < row.silentUntil)
}

/**
 * Milliseconds until an open request expires; 0 if there is room, or if the new request replaces an old one of the
 * same slot.
 */
export function waitForRoom(rows: readonly StoredPairing[], { slot, device }: Caller, now: number): number {
  if (isSilent(rows, slot, now)) return 0
  const others = rows.filter((row) => stageOf(row, now) === 'open' && row.slot !== slot)
  const ofDevices = device === null ? [] : others.filter(({ asker }) => asker.device !== null)
  return Math.max(waitForEnd(others, MOST_PAIRINGS, now), waitForEnd(ofDevices, MOST_DEVICE_PAIRINGS, now))
}

function waitForEnd(open: readonly StoredPairing[], most: number, now: number): number {
  if (open.length < most) return 0
  return Math.max(1, Math.min(...open.map(({ endsAt }) => endsAt)) - now)
}

/** The ids of ended requests that are not remembered any more. */
export function forgettable(rows: readonly StoredPairing[], now: number): string[] {
  const over = rows.filter((row) => !isLive(row, now) && now >= row.silentUntil)
  const newestFirst = over.toSorted((one, other) => other.endsAt - one.endsAt)
  return newestFirst.filter(({ keptUntil }, at) => at >= MOST_KEPT || now >= keptUntil).map(({ id }) => id)
}
