import type { LimitKind } from '../../ports.ts'

/** This gateway's part of the limits of one kind. */
export interface ShareSource {
  /** How much of a limit this gateway may use. From memory, for each request. `busy` is what it uses already. */
  of(id: string, limit: number, busy: number): number
  /** What other gateways use of it, as last known. */
  elsewhere(id: string): number
  /** Call after `busy` has changed without a request. */
  changed(id: string): void
}

export type SharesByKind = Readonly<Record<LimitKind, ShareSource>>

export interface LimitShares {
  readonly key: SharesByKind
  readonly person: SharesByKind
}

const ALL: ShareSource = { of: (_, limit) => limit, elsewhere: () => 0, changed: () => undefined }
const ALL_KINDS: SharesByKind = { requests: ALL, tokens: ALL, concurrency: ALL }

/** A gateway that shares its limits with no other has all of each. */
export const WHOLE_LIMITS: LimitShares = { key: ALL_KINDS, person: ALL_KINDS }
