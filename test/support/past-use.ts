import { randomUUID } from 'node:crypto'
import type { Exchange } from '#shared/gateway/exchange.ts'
import { openWhole } from './summed-store.ts'

const DAY_MS = 86_400_000
const BATCH = 1000

const MODELS = ['llama3.2:3b', 'qwen3:8b', 'gemma3:12b', 'nomic-embed-text:latest']
const ROUTES = ['/api/chat', '/v1/chat/completions', '/api/embed', '/api/generate']
const ORIGINS = [
  'chrome-extension://jfgfiigpkhlkbnfnbobbkinehhfdhndo',
  'https://notes.example',
  'app://obsidian.md',
  null,
]
const REFUSALS = ['key_missing', 'origin_blocked', 'model_not_allowed', 'rate_limited', 'origin_not_approved']
const ENDINGS = ['client_aborted', 'cut_off', 'upstream_error'] as const

export interface PastUse {
  /** Ids of the used keys, in turn. */
  keys: readonly string[]
  days: number
  /** Exchanges per day. */
  perDay: number
  /** One of this many exchanges was refused. */
  refusedEach?: number
}

/**
 * Writes past usage into a data directory that no process has open, the same each time except for the ids. Writes to
 * the store directly, because real requests would take two years.
 */
export async function writePastUse(dataDir: string, use: PastUse): Promise<void> {
  const store = await openWhole({ dataDir, now: Date.now, log: { warn() {}, error() {} } })
  const exchanges = pastExchanges(use, Date.now())
  for (let at = 0; at < exchanges.length; at += BATCH) await store.usage.append(exchanges.slice(at, at + BATCH), [])
  await store.close()
}

/** Oldest first; the last one an hour ago. */
function pastExchanges({ keys, days, perDay, refusedEach = 12 }: PastUse, now: number): Exchange[] {
  const count = days * perDay
  const stepMs = (days * DAY_MS) / count
  return Array.from({ length: count }, (_, index) => {
    const time = Math.round(now - 3_600_000 - (count - 1 - index) * stepMs)
    const isRefused = index % refusedEach === refusedEach - 1
    const exchange = answered(index, time, keys)
    return isRefused ? refused(exchange, index) : exchange
  })
}

function answered(index: number, time: number, keys: readonly string[]): Exchange {
  const spread = (index * 7919) % 1000
  const ending = index % 97 === 96 ? ENDINGS[index % ENDINGS.length] : undefined
  return {
    id: randomUUID(),
    time,
    keyId: pick(keys, index),
    origin: pick(ORIGINS, index * 3),
    userAgent: 'Chrome',
    method: 'POST',
    route: pick(ROUTES, Math.floor(index / 5)) ?? '/api/chat',
    routeClass: 'chat',
    model: pick(MODELS, Math.floor(index / 3)),
    status: 200,
    outcome: ending ?? 'ok',
    reason: null,
    promptTokens: 80 + spread,
    completionTokens: 60 + Math.round(spread / 2),
    metered: true,
    firstByteMs: 120 + spread,
    durationMs: 900 + spread * 6,
    bytesIn: 900,
    bytesOut: 5200,
  }
}

function refused(exchange: Exchange, index: number): Exchange {
  const reason = pick(REFUSALS, Math.floor(index / 12)) ?? 'key_missing'
  return {
    ...exchange,
    keyId: reason === 'key_missing' || reason === 'origin_blocked' ? null : exchange.keyId,
    origin: exchange.origin ?? 'https://prompt-playground.example',
    status: 403,
    outcome: 'refused',
    reason,
    promptTokens: null,
    completionTokens: null,
    firstByteMs: null,
    durationMs: 1,
  }
}

function pick<T>(values: readonly T[], index: number): T | null {
  return values[index % values.length] ?? null
}
