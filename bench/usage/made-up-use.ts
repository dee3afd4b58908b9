import type { Exchange } from '#shared/gateway/exchange.ts'

/** The amount and the variety of the generated usage. */
export interface UseShape {
  readonly exchanges: number
  readonly keys: number
  readonly origins: number
  readonly models: number
  /** ms UTC. */
  readonly from: number
  readonly to: number
}

const ROUTES = [
  '/api/chat',
  '/v1/chat/completions',
  '/api/generate',
  '/v1/messages',
  '/api/embed',
  '/api/tags',
] as const
const AGENTS = ['Chrome', 'Firefox', 'ollama-python', 'curl'] as const
/** The number of sites and models per key. */
const ORIGINS_OF_A_KEY = 8
const MODELS_OF_A_KEY = 4

/**
 * Generates exchanges in order of time, the same each time for a seed: a few keys are used much, each from a few sites and with a
 * few models.
 */
export function* madeUpUse(shape: UseShape & { readonly seed?: number }): Generator<Exchange> {
  const random = createRandom(shape.seed ?? 42)
  const step = (shape.to - shape.from) / shape.exchanges
  for (let number = 0; number < shape.exchanges; number++) {
    yield madeUpExchange(shape, number, Math.floor(shape.from + number * step), random)
  }
}

function madeUpExchange(shape: UseShape, number: number, time: number, random: () => number): Exchange {
  // Squared, so that the first keys have most of the usage.
  const key = Math.floor(random() ** 2 * shape.keys)
  const refused = random() < 0.03
  const speaks = !refused && random() < 0.95
  const firstByteMs = 40 * Math.exp(2 * random())
  return {
    // As long as real ids.
    id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    time,
    keyId: refused && random() < 0.5 ? null : `key_${key}`,
    origin:
      random() < 0.3
        ? null
        : `https://site-${(key * 4 + Math.floor(random() * ORIGINS_OF_A_KEY)) % shape.origins}.example`,
    userAgent: AGENTS[Math.floor(random() * AGENTS.length)] ?? null,
    method: 'POST',
    route: ROUTES[Math.floor(random() ** 2 * ROUTES.length)] ?? 'unknown',
    routeClass: 'chat',
    model: refused ? null : `model-${(key + Math.floor(random() * MODELS_OF_A_KEY)) % shape.models}:latest`,
    status: refused ? 401 : 200,
    outcome: refused ? 'refused' : 'ok',
    reason: refused ? 'key_unknown' : null,
    promptTokens: speaks ? Math.floor(random() * 2000) : null,
    completionTokens: speaks ? Math.floor(random() * 800) : null,
    metered: refused || speaks,
    firstByteMs: refused ? null : firstByteMs,
    durationMs: refused ? 0.4 : firstByteMs * (1 + 30 * random()),
    bytesIn: 900,
    bytesOut: refused ? 120 : 6000,
  }
}

/** Random numbers from 0 to 1 (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
