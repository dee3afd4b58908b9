import { createHash } from 'node:crypto'
import { readPage } from '../../src-main/usage/exchange-pages.ts'
import type { Exchange } from '../../src-shared/gateway/exchange.ts'
import type { StoredKey } from '../../src-shared/keys/stored.ts'
import type { OriginRecord } from '../../src-shared/origins/origin.ts'
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
      owner: null,
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
