import { createHash } from 'node:crypto'
import { readPage } from '../../src-main/usage/exchange-pages.ts'
import type { Exchange } from '../../src-shared/gateway/exchange.ts'
import type { StoredKey } from '../../src-shared/keys/stored.ts'
import type { OriginRecord } from '../../src-shared/origins/origin.ts'
import { newPersonSchema, type Person } from '../../src-shared/people/person.ts'
import { OWNER_ID } from '../../src-shared/people/person-id.ts'
import type { StoredCredential, StoredInvitation, StoredSession } from '../../src-shared/people/stored.ts'
import { openWhole, type WholeStore } from '../support/summed-store.ts'

export const NOW = Date.UTC(2026, 7, 14, 12, 34, 56)
export const SILENT = { warn() {}, error() {} }

export function open(dataDir: string): Promise<WholeStore> {
  return openWhole({ dataDir, now: () => NOW, log: SILENT })
}

export function storedKey(id: string, changes: Partial<StoredKey['key']> = {}): StoredKey {
  return {
    key: {
      id,
      name: `Key ${id}`,
      scopes: ['chat', 'models'],
      endpoints: null,
      models: ['llama3:*'],
      origins: null,
      expiresAt: null,
      requestsPerMinute: 60,
      tokensPerDay: null,
      concurrency: null,
      allowInUrl: false,
      online: false,
      onlineQuestion: null,
      app: null,
      otherApp: null,
      onlyItsApp: false,
      person: OWNER_ID,
      enabled: true,
      prefix: 'sk-lk-abcdef',
      createdAt: NOW,
      lastUsedAt: null,
      graceUntil: null,
      ...changes,
    },
    secrets: [{ hash: createHash('sha256').update(id).digest('base64'), prefix: 'sk-lk-abcdef', expiresAt: null }],
    deletedAt: null,
  }
}

export function originRecord(origin: string, changes: Partial<OriginRecord> = {}): OriginRecord {
  return {
    origin,
    status: 'blocked',
    decidedBy: 'person',
    label: null,
    firstSeenAt: NOW,
    lastSeenAt: NOW,
    requests: 3,
    refused: 1,
    ...changes,
  }
}

export function person(id: string, changes: Partial<Person> = {}): Person {
  return { ...newPersonSchema.parse({ name: id }), state: 'active', id: `person_${id}`, createdAt: NOW, ...changes }
}

export function storedCredential(id: string, changes: Partial<StoredCredential> = {}): StoredCredential {
  return {
    id: `credential_${id}`,
    person: 'person_ada',
    kind: 'password',
    subject: 'person_ada',
    name: null,
    data: 'a hash',
    createdAt: NOW,
    lastUsedAt: null,
    ...changes,
  }
}

export function storedInvitation(id: string, changes: Partial<StoredInvitation> = {}): StoredInvitation {
  return {
    id: `invitation_${id}`,
    codeHash: createHash('sha256').update(id).digest('base64'),
    role: 'guest',
    name: 'Ada',
    preset: 'models',
    person: null,
    models: null,
    origins: null,
    online: true,
    hours: null,
    requestsPerMinute: 10,
    tokensPerDay: null,
    concurrency: null,
    createdAt: NOW,
    createdBy: OWNER_ID,
    expiresAt: NOW + 7 * 86_400_000,
    usedAt: null,
    usedBy: null,
    revokedAt: null,
    ...changes,
  }
}

export function storedSession(id: string, changes: Partial<StoredSession> = {}): StoredSession {
  return {
    id,
    cookieHash: `cookie of ${id}`,
    pageHash: `page of ${id}`,
    person: 'person_anna',
    method: 'passkey',
    device: 'Firefox',
    address: '192.168.1.7',
    createdAt: NOW,
    seenAt: NOW,
    ...changes,
  }
}

export function exchange(id: string, changes: Partial<Exchange> = {}): Exchange {
  return {
    id,
    time: NOW,
    keyId: 'key-1',
    origin: 'https://example.org',
    userAgent: 'Chrome',
    method: 'POST',
    route: '/api/chat',
    routeClass: 'chat',
    model: 'llama3',
    status: 200,
    outcome: 'ok',
    reason: null,
    promptTokens: 10,
    completionTokens: 20,
    metered: true,
    firstByteMs: 12.5,
    durationMs: 340.25,
    bytesIn: 100,
    bytesOut: 2000,
    ...changes,
  }
}

/** The latest exchanges, newest first. */
export async function latest(store: Pick<WholeStore, 'usage'>, limit: number): Promise<Exchange[]> {
  return readPage(store.usage, { limit })
}
