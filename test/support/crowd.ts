import { randomBytes, randomUUID } from 'node:crypto'
import type { Exchange } from '#shared/gateway/exchange.ts'
import type { Key } from '#shared/keys/key.ts'
import type { OriginRecord } from '#shared/origins/origin.ts'
import { newPersonSchema, type Person } from '#shared/people/person.ts'
import { openWhole, type WholeStore } from './summed-store.ts'

/** Letters without a break, as long as a name may be. */
export const LONG_NAME = 'Unbrechbar'.repeat(8)

const DAY_MS = 86_400_000
const PEOPLE = 20
/** One of this many names has the maximum length. */
const LONG_EACH = 7

export interface Crowd {
  readonly origins: number
  /** This many of the last origins wait for a decision. */
  readonly pending: number
  readonly keys: number
  readonly deletedKeys: number
  readonly changes: number
}

export const CROWD: Crowd = { origins: 5000, pending: 200, keys: 300, deletedKeys: 100, changes: 400 }

/**
 * Writes a large amount of console data into a data directory that no process has open. Each site was used once by some
 * key in the last day. Writes to the store directly, because thousands of requests through the gateway would take
 * minutes.
 */
export async function writeCrowd(dataDir: string, crowd: Crowd): Promise<void> {
  const store = await openWhole({ dataDir, now: Date.now, log: { warn() {}, error() {} } })
  const now = Date.now()
  for (let index = 0; index < PEOPLE; index++) await store.persons.put(personRecord(index, now))
  const keys = await writeKeys(store, crowd, now)
  const origins = Array.from({ length: crowd.origins }, (_, index) => originRecord(index, crowd, now))
  await store.origins.touch(origins)
  await store.usage.append(
    origins.map((origin, index) => exchangeOf(origin, keys[index % keys.length] ?? null, now - (index + 1) * 10_000)),
    [],
  )
  for (let index = 0; index < crowd.changes; index++) {
    const label = nameOf('Key', index)
    const what = { actor: 'console', action: 'key.change', subject: 'key_0', label } as const
    await store.audit.add({
      ...what,
      person: null,
      address: null,
      fields: ['models'],
      time: now - (crowd.changes - index) * 60_000,
    })
  }
  await store.close()
}

async function writeKeys(store: WholeStore, { keys, deletedKeys }: Crowd, now: number): Promise<string[]> {
  const ids: string[] = []
  for (let index = 0; index < keys + deletedKeys; index++) {
    const key = keyRecord(index, now)
    const secrets = [{ hash: randomBytes(32).toString('hex'), prefix: key.prefix, expiresAt: null }]
    await store.keys.insert({ key, secrets, deletedAt: index < keys ? null : now })
    ids.push(key.id)
  }
  return ids
}

function personRecord(index: number, createdAt: number): Person {
  const choices = newPersonSchema.parse({ name: nameOf('Person', index) })
  return { ...choices, state: 'active', id: `person_${index}`, createdAt }
}

function keyRecord(index: number, now: number): Key {
  return {
    id: `key_${index}`,
    name: nameOf('Key', index),
    scopes: ['chat', 'models'],
    endpoints: null,
    models: index % 3 === 0 ? ['llama3.2:*', LONG_NAME] : null,
    origins: null,
    expiresAt: index % 5 === 0 ? now + 30 * DAY_MS : null,
    requestsPerMinute: 60,
    tokensPerDay: 100_000,
    concurrency: index % 2 === 0 ? 4 : null,
    allowInUrl: false,
    online: false,
    onlineQuestion: null,
    app: null,
    otherApp: null,
    onlyItsApp: false,
    person: `person_${index % PEOPLE}`,
    enabled: index % 4 !== 3,
    prefix: `sk-lk-${String(index).padStart(6, 'a')}`,
    createdAt: now - 90 * DAY_MS,
    lastUsedAt: now - index * 60_000,
    graceUntil: index % 11 === 10 ? now + DAY_MS : null,
  }
}

function originRecord(index: number, { origins, pending }: Crowd, now: number): OriginRecord {
  const waits = index >= origins - pending
  return {
    origin: index % 3 === 0 ? `chrome-extension://${extensionId(index)}` : `https://site-${index}.example`,
    status: waits ? 'pending' : index % 5 === 4 ? 'blocked' : 'allowed',
    decidedBy: waits ? null : index % 2 === 0 ? 'key' : 'person',
    label: index % 2 === 0 ? nameOf('Site', index) : null,
    firstSeenAt: now - 90 * DAY_MS,
    lastSeenAt: now - index * 10_000,
    requests: 1,
    refused: 0,
  }
}

function exchangeOf({ origin }: OriginRecord, keyId: string | null, time: number): Exchange {
  return {
    id: randomUUID(),
    time,
    keyId,
    origin,
    userAgent: 'Chrome',
    method: 'POST',
    route: '/api/chat',
    routeClass: 'chat',
    model: time % 3 === 0 ? LONG_NAME : 'llama3.2:3b',
    status: 200,
    outcome: 'ok',
    reason: null,
    promptTokens: 120,
    completionTokens: 80,
    metered: true,
    firstByteMs: 200,
    durationMs: 1500,
    bytesIn: 900,
    bytesOut: 5200,
  }
}

function nameOf(kind: string, index: number): string {
  const name = `${kind} ${index} `
  return index % LONG_EACH === 0 ? `${name.replaceAll(' ', '-')}${LONG_NAME}`.slice(0, 80) : name.trim()
}

/** 32 letters from a to p, as Chrome makes them. */
function extensionId(index: number): string {
  return String(index)
    .padStart(32, '0')
    .replace(/\d/g, (digit) => 'abcdefghij'[Number(digit)] ?? 'a')
}
