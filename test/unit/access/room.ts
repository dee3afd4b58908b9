import { randomBytes } from 'node:crypto'
import { type AccessRequest, isRefusal, type Refusal, type Revocation } from '#shared/gateway/decisions.ts'
import { findRoute } from '#shared/gateway/routes.ts'
import { type Key, type NewKeyInput, newKeySchema } from '#shared/keys/key.ts'
import type { OriginRecord, UnknownOrigins } from '#shared/origins/origin.ts'
import type { Person } from '#shared/people/person.ts'
import type { AccessOptions } from '../../../src-main/access/access-options.ts'
import { AccessRoom } from '../../../src-main/access/access-room.ts'
import { People } from '../../../src-main/people/people.ts'
import { useAlways } from '../../support/summed-store.ts'
import { MemoryStores } from './memory-stores.ts'

/** A room with a clock that only moves when told, and everything it said on the way. */
export interface TestRoom {
  readonly people: People
  readonly access: AccessRoom
  readonly stores: MemoryStores
  readonly clock: { now: number }
  readonly settings: { unknownOrigins: UnknownOrigins }
  readonly revoked: Revocation[]
  readonly questions: OriginRecord[]
  readonly onlineQuestions: Key[]
  readonly otherAppQuestions: Key[]
  readonly limitQuestions: Key[]
  readonly quotaWarnings: Person[]
  readonly warnings: string[]
  readonly changes: { people: number; keys: number; origins: number }
}

interface RoomOptions extends Partial<Pick<AccessOptions, 'keys' | 'origins' | 'arrivals' | 'tokensSince'>> {
  stores?: MemoryStores
  at?: number
  clock?: { now: number }
}

export const NOON = Date.UTC(2026, 7, 3, 12)

export async function openRoom(options: RoomOptions = {}): Promise<TestRoom> {
  const stores = options.stores ?? new MemoryStores()
  const clock = options.clock ?? { now: options.at ?? NOON }
  const settings: TestRoom['settings'] = { unknownOrigins: 'key' }
  const [revoked, questions, warnings, changes] = [
    [] as Revocation[],
    [] as OriginRecord[],
    [] as string[],
    { people: 0, keys: 0, origins: 0 },
  ]
  const onlineQuestions: Key[] = []
  const otherAppQuestions: Key[] = []
  const limitQuestions: Key[] = []
  const quotaWarnings: Person[] = []
  const people = await People.open({
    store: stores.persons,
    use: useAlways,
    now: () => clock.now,
    randomBytes: (length) => randomBytes(length),
    onNarrowed: (id) => access.revokePerson(id),
    onRemoved: () => undefined,
    onChanged: () => changes.people++,
  })
  stores.calls.length = 0
  const access = await AccessRoom.open({
    persons: people,
    keys: options.keys ?? stores.keys,
    origins: options.origins ?? stores.origins,
    arrivals: options.arrivals ?? stores.arrivals,
    use: useAlways,
    unknownOrigins: () => settings.unknownOrigins,
    tokensSince: options.tokensSince ?? (async () => 0),
    now: () => clock.now,
    randomBytes: (length) => randomBytes(length),
    log: { warn: (_, message) => warnings.push(message) },
    onKeysChanged: () => changes.keys++,
    onOriginsChanged: () => changes.origins++,
    onQuestion: (record) => questions.push(record),
    onOnlineQuestion: (key) => onlineQuestions.push(key),
    onOtherAppQuestion: (key) => otherAppQuestions.push(key),
    onLimitQuestion: (key) => limitQuestions.push(key),
    onQuotaWarning: (person) => quotaWarnings.push(person),
  })
  access.onRevoked((revocation) => revoked.push(revocation))
  return {
    people,
    access,
    stores,
    clock,
    settings,
    revoked,
    questions,
    onlineQuestions,
    otherAppQuestions,
    limitQuestions,
    quotaWarnings,
    warnings,
    changes,
  }
}

export function newKey(choices: Partial<NewKeyInput> = {}) {
  return newKeySchema.parse({ name: 'Test', ...choices })
}

/** The key of a secret; throws the refusal's code if there is no key. */
export function keyOf(access: AccessRoom, secret: string): Key {
  const found = access.identify(secret)
  if (isRefusal(found)) throw new Error(`refused: ${found.refused}`)
  return found
}

/** The code of a refusal, or `ok`. */
export function verdict(decision: object | null): string {
  return decision !== null && isRefusal(decision) ? decision.refused : 'ok'
}

export function ask(method: string, path: string, origin: string | null = null): AccessRequest {
  return { route: findRoute(method, path), path, origin, userAgent: undefined }
}

/** Judges a request from its secret to its model, in the gateway's order. */
export function decide(
  access: AccessRoom,
  secret: string,
  asked: AccessRequest,
  model?: string,
): Refusal['refused'] | 'ok' {
  const key = access.identify(secret)
  if (isRefusal(key)) return key.refused
  const refusal = access.authorise(key, asked)
  if (refusal !== null) return refusal.refused
  return model === undefined || access.mayUseModel(key, model) ? 'ok' : access.modelRefusal(key, model).refused
}
