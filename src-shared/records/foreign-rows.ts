import type { StoredKey } from '../keys/stored.ts'
import type { OriginRecord } from '../origins/origin.ts'
import type { PairingRows } from '../pairing/stored.ts'
import type { Person } from '../people/person.ts'
import type { StoredCredential, StoredInvitation, StoredSession } from '../people/stored.ts'

/** Rows of one kind that another gateway wrote, as they are now, and the ids of those that it removed. */
export interface ChangedRows<T> {
  readonly put: readonly T[]
  readonly removed: readonly string[]
}

/** When a row was last used (ms UTC). */
export interface RowUse {
  readonly id: string
  readonly at: number
}

/** What other gateways on the same database have changed. */
export interface ForeignRows {
  readonly persons: ChangedRows<Person>
  readonly credentials: ChangedRows<StoredCredential>
  readonly invitations: ChangedRows<StoredInvitation>
  readonly keys: ChangedRows<StoredKey>
  /** Their decisions. The counts come as `seen`. */
  readonly origins: ChangedRows<OriginRecord>
  readonly sessions: ChangedRows<StoredSession>
  /** Requests of origins that were counted elsewhere since the last time, and when the last one was (ms UTC). */
  readonly seen: readonly Pick<OriginRecord, 'origin' | 'requests' | 'refused' | 'lastSeenAt'>[]
  /** Requests of apps for a key, also those that this gateway has written. `isWhole`: these are all there are. */
  readonly pairings: PairingRows & { readonly isWhole: boolean }
  /** Last uses at any gateway, which are told less often. */
  readonly used: { readonly keys: readonly RowUse[]; readonly sessions: readonly RowUse[] }
}
