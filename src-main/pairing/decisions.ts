import {
  PAIRING_MS,
  type PairingApproval,
  type PairingAsker,
  type PairingChoice,
  type PairingOutcome,
  pairingCode,
} from '#shared/pairing/pairing.ts'
import type { StoredPairing } from '#shared/pairing/stored.ts'
import { PersonError } from '#shared/text/person-error.ts'
import type { Approval, NewPairing, Pairing } from './held-pairing.ts'
import { isLive, isSilent, KEPT_MS, type Stage, stageOf, waitForRoom } from './life.ts'
import { newPairingCode, newToken, type RandomBytes } from './secrets.ts'

/** How long an approved app may take to fetch its key. */
const FETCH_MS = 60_000
/**
 * After “no”, requests of the same app raise no question for this time. The app cannot distinguish that from a person
 * who is away.
 */
const SILENCE_MS = PAIRING_MS

const NOBODY: PairingAsker = {
  origin: null,
  originName: null,
  claim: null,
  program: null,
  userAgent: null,
  returnsTo: null,
  device: null,
}
const NO_CLIENT = { grant: 'device', clientId: '' } as const

/** The rows that change, and the result. */
export interface Decided<T> {
  readonly put: readonly StoredPairing[]
  readonly result: T
}

/**
 * Decides on all requests as they are now, which nobody else changes meanwhile. May throw a PersonError, and then nothing changes.
 * Can be called again with other rows.
 */
export type Decide<T> = (rows: readonly StoredPairing[], now: number) => Decided<T>

/**
 * Opens a request, which replaces an earlier one of the same slot. If too many are open, results in the milliseconds to wait. If
 * the same page has asked at another gateway meanwhile, results in its request.
 */
export function ask(asked: NewPairing, randomBytes: RandomBytes): Decide<Pairing | number> {
  return (rows, now) => {
    const live = rows.filter((row) => isLive(row, now))
    const same = live.find(({ holder }) => holder === asked.holder)
    if (same !== undefined) return { put: [], result: same }
    const wait = waitForRoom(rows, { slot: asked.slot, device: asked.asker.device }, now)
    if (wait > 0) return { put: [], result: wait }
    const replaced = live
      .filter(({ slot, state }) => slot === asked.slot && state !== 'taken')
      .map((row) => ended(row, row.state === 'approved' ? 'abandoned' : 'replaced'))
    const row: StoredPairing = {
      ...asked,
      id: newToken(randomBytes).slice(0, 16),
      version: 0,
      code: newPairingCode(randomBytes, (code) => live.some((held) => held.code === code)),
      state: isSilent(rows, asked.slot, now) ? 'declined' : 'open',
      approval: null,
      outcome: null,
      keyId: null,
      askedAt: now,
      silentUntil: 0,
      ...endingAt(now + PAIRING_MS),
    }
    return { put: [...replaced, row], result: row }
  }
}

export function approve({ id, code, preset, name }: PairingApproval): Decide<void> {
  return (rows, now) => {
    const row = answerable(rows, { id, code }, now)
    const approval = { preset, name: name ?? row.name }
    return done({ ...row, state: 'approved', approval, ...endingAt(now + FETCH_MS) })
  }
}

/** The app does not learn of it: its request ends when it would have expired. */
export function decline(choice: PairingChoice): Decide<void> {
  return (rows, now) => done({ ...answerable(rows, choice, now), state: 'declined', silentUntil: now + SILENCE_MS })
}

/**
 * Gives an approved request a new holder: the code that its page passes on. The app must then fetch the key in time. Results in
 * false if the page has its answer already.
 */
export function pass({ id }: Pairing, holder: string): Decide<boolean> {
  return (rows, now) => {
    const row = find(rows, id)
    if (row?.state !== 'approved' || !isLive(row, now)) return { put: [], result: false }
    const { client } = row
    if (client.grant !== 'code' || client.isAnswered) return { put: [], result: false }
    const passed = { ...row, holder, client: { ...client, isAnswered: true }, ...endingAt(now + FETCH_MS) }
    return { put: [passed], result: true }
  }
}

/**
 * Notes that a page whose request ended without a key gets this answer. Results in false if the page has its answer already.
 */
export function closePage({ id }: Pairing): Decide<boolean> {
  return (rows) => {
    const row = find(rows, id)
    if (row?.client.grant !== 'code' || row.client.isAnswered) return { put: [], result: false }
    return { put: [{ ...row, client: { ...row.client, isAnswered: true } }], result: true }
  }
}

/** Results in undefined if another call was first, at whichever gateway, or if the holder has changed. */
export function take({ id, holder }: Pairing): Decide<Approval | undefined> {
  return (rows, now) => {
    const row = find(rows, id)
    if (row?.state !== 'approved' || row.holder !== holder || row.approval === null || !isLive(row, now))
      return { put: [], result: undefined }
    return { put: [{ ...row, state: 'taken' }], result: row.approval }
  }
}

/** The key could not be created. The app may try again. */
export function giveBack({ id }: Pairing): Decide<void> {
  return (rows) => {
    const row = find(rows, id)
    return row?.state === 'taken' ? done({ ...row, state: 'approved' }) : NOTHING
  }
}

/** The app has its key; `null` if the key did not reach it. */
export function finish({ id }: Pairing, keyId: string | null): Decide<void> {
  return (rows) => {
    const row = find(rows, id)
    if (row?.state !== 'taken') return NOTHING
    return done({ ...ended(row, keyId === null ? 'abandoned' : 'connected'), keyId })
  }
}

/** Ends the requests that are meant. A key that is being created is not affected. */
export function endThose(outcome: PairingOutcome, isMeant: (row: StoredPairing) => boolean): Decide<void> {
  return (rows, now) => {
    const meant = rows.filter((row) => row.state !== 'taken' && isLive(row, now) && isMeant(row))
    return { put: meant.map((row) => ended(row, outcome)), result: undefined }
  }
}

/** Leaves nothing of those requests that says who asked. Their rows are then forgotten at once. */
export function erase(isMeant: (row: StoredPairing) => boolean): Decide<void> {
  return (rows) => {
    const meant = rows.filter((row) => row.state !== 'taken' && isMeant(row))
    return { put: meant.map(erased), result: undefined }
  }
}

const NOTHING: Decided<void> = { put: [], result: undefined }

function done(row: StoredPairing): Decided<void> {
  return { put: [row], result: undefined }
}

function find(rows: readonly StoredPairing[], id: string): StoredPairing | undefined {
  return rows.find((row) => row.id === id)
}

/** A declined request stays declined: the person already answered it. */
function ended(row: StoredPairing, outcome: PairingOutcome): StoredPairing {
  return { ...row, state: 'ended', outcome: row.state === 'declined' ? 'declined' : outcome }
}

function erased(row: StoredPairing): StoredPairing {
  const { id, version, code, state } = row
  const blank = { id, version, code, slot: '', asker: NOBODY, computer: '', name: '', holder: '', client: NO_CLIENT }
  const outcome = state === 'ended' ? row.outcome : ended(row, 'expired').outcome
  const times = { askedAt: 0, endsAt: 0, silentUntil: 0, keptUntil: 0 }
  return { ...blank, state: 'ended', outcome, approval: null, keyId: null, ...times }
}

function endingAt(endsAt: number): Pick<StoredPairing, 'endsAt' | 'keptUntil'> {
  return { endsAt, keptUntil: endsAt + KEPT_MS }
}

function answerable(rows: readonly StoredPairing[], { id, code }: PairingChoice, now: number): StoredPairing {
  const row = find(rows, id)
  const stage = row && stageOf(row, now)
  if (row === undefined || stage !== 'open') throw refusalOf(stage)
  if (row.code !== pairingCode(code)) {
    throw new PersonError(
      'pairing_code_wrong',
      'This code does not belong to the request. Compare it with the code that the app shows.',
    )
  }
  return row
}

/** The error for an answer to a request that is no longer open. A second window shows how it was answered. */
function refusalOf(stage: Stage | undefined): PersonError {
  switch (stage) {
    case 'approved':
    case 'connected':
    case 'abandoned':
      return new PersonError('pairing_answered', 'This request was already approved in another window.', {
        parts: { so: 'approved' },
      })
    case 'declined':
      return new PersonError('pairing_answered', 'This request was already declined in another window.', {
        parts: { so: 'declined' },
      })
    default:
      return new PersonError('pairing_answered', 'This request is over. Let the app ask again.', {
        parts: { so: 'over' },
      })
  }
}
