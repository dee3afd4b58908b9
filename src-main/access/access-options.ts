import type { Key } from '#shared/keys/key.ts'
import type { OriginRecord, UnknownOrigins } from '#shared/origins/origin.ts'
import type { Person } from '#shared/people/person.ts'
import type { Log } from '../base/log.ts'
import type {
  ArrivalStore,
  KeyStore,
  LimitQuestionStore,
  OriginStore,
  PersonSource,
  ShareStore,
  UseStore,
} from './ports.ts'

/** The stores, the clock and the listeners of the room. */
export interface AccessOptions {
  readonly persons: PersonSource
  readonly keys: KeyStore
  readonly origins: OriginStore
  readonly arrivals: ArrivalStore
  readonly use: UseStore
  /** The shares of each limit, if several gateways have their limits in common. */
  readonly shares?: ShareStore | undefined
  /** Reads the keys that other gateways have made, if there are others. Rejects while that is not possible. */
  readonly look?: (() => Promise<void>) | undefined
  /** The questions about limits, if several gateways ask about the same keys. */
  readonly limitQuestions?: LimitQuestionStore | undefined
  /** The rule for origins without a decision. Read for each request. */
  readonly unknownOrigins: () => UnknownOrigins
  /** Tokens that a key has used since a time (ms UTC), so that a restart does not refill a day's budget. */
  readonly tokensSince: (keyId: string, since: number) => Promise<number>
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: () => number
  readonly randomBytes: (length: number) => Uint8Array
  readonly log: Pick<Log, 'warn'>
  readonly onKeysChanged: () => void
  readonly onOriginsChanged: () => void
  /** Called when the person should decide about an origin: once per origin, until it is forgotten. */
  readonly onQuestion: (record: OriginRecord) => void
  /** Called when the person should decide whether a key may go online: once per key. */
  readonly onOnlineQuestion: (key: Key) => void
  /** Called when the person should decide whether another app may use a key that was made for one: once per key. */
  readonly onOtherAppQuestion: (key: Key) => void
  /** Called when the person should decide whether a key that has reached a limit gets more: once per key and day. */
  readonly onLimitQuestion: (key: Key) => void
  /** Called when a person has used nearly all tokens of their day: once per person and day. */
  readonly onQuotaWarning: (person: Person) => void
}
