import { randomBytes } from 'node:crypto'
import { type AccessRequest, isRefusal, type Refusal, type Revocation } from '#shared/gateway/decisions.ts'
import { findRoute } from '#shared/gateway/routes.ts'
import { type Key, type NewKeyInput, newKeySchema } from '#shared/keys/key.ts'
import type { OriginRecord, UnknownOrigins } from '#shared/origins/origin.ts'
import { type AccessOptions, AccessRoom } from '../../../src-main/access/access-room.ts'
import { useAlways } from '../../support/summed-store.ts'
import { MemoryStores } from './memory-stores.ts'

/** A room with a clock that only moves when told, and everything it said on the way. */
export interface TestRoom {
  readonly access: AccessRoom
  readonly stores: MemoryStores
  readonly clock: { now: number }
  readonly settings: { unknownOrigins: UnknownOrigins; timeZone: string }
  readonly revoked: Revocation[]
  readonly questions: OriginRecord[]
  readonly onlineQuestions: Key[]
  readonly otherAppQuestions: Key[]
  readonly limitQuestions: Key[]
  readonly warnings: string[]
  readonly changes: { keys: number; origins: number }
}

interface RoomOptions extends Partial<Pick<AccessOptions, 'keys' | 'origins' | 'arrivals' | 'tokensSince'>> {
  stores?: MemoryStores
  at?: number
  clock?: { now: number }
  timeZone?: string
}

export const NOON = Date.UTC(2026, 7, 3, 12)

export async function openRoom(options: RoomOptions = {}): Promise<TestRoom> {
  const stores = options.stores ?? new MemoryStores()
  const clock = options.clock ?? { now: options.at ?? NOON }
  const settings: TestRoom['settings'] = { unknownOrigins: 'key', timeZone: options.timeZone ?? 'UTC' }
  const [revoked, questions, warnings, changes] = [
    [] as Revocation[],
    [] as OriginRecord[],
    [] as string[],
    { keys: 0, origins: 0 },
  ]
  const onlineQuestions: Key[] = []
  const otherAppQuestions: Key[] = []
  const limitQuestions: Key[] = []
  const access = await AccessRoom.open({
    keys: options.keys ?? stores.keys,
    origins: options.origins ?? stores.origins,
    arrivals: options.arrivals ?? stores.arrivals,
    use: useAlways,
    unknownOrigins: () => settings.unknownOrigins,
    tokensSince: options.tokensSince ?? (async () => 0),
    timeZone: () => settings.timeZone,
    now: () => clock.now,
    randomBytes: (length) => randomBytes(length),
    log: { warn: (_, message) => warnings.push(message) },
    onKeysChanged: () => changes.keys++,
    onOriginsChanged: () => changes.origins++,
    onQuestion: (record) => questions.push(record),
    onOnlineQuestion: (key) => onlineQuestions.push(key),
    onOtherAppQuestion: (key) => otherAppQuestions.push(key),
    onLimitQuestion: (key) => limitQuestions.push(key),
  })
  access.onRevoked((revocation) => revoked.push(revocation))
  return {
    access,
    stores,
    clock,
    settings,
    revoked,
    questions,
    onlineQuestions,
    otherAppQuestions,
    limitQuestions,
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
  return model === undefined || access.mayUseModel(key, model) ? 'ok' : 'model_not_allowed'
}
