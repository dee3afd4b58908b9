import { randomUUID } from 'node:crypto'
import type { Exchange } from '#shared/gateway/exchange.ts'
import type { IssuedKey } from '#shared/keys/key.ts'
import { createLog } from '../../../src-main/observability/log.ts'
import type { Serve } from '../../../test/support/serve.ts'
import { openWhole } from '../../../test/support/summed-store.ts'

export const MODELS = ['llama3.2:3b', 'qwen3:8b', 'gemma3:12b', 'nomic-embed-text:latest']

const PAGE_ASSIST = 'chrome-extension://jfgfiigpkhlkbnfnbobbkinehhfdhndo'
const NATIVE_MIND = 'chrome-extension://mgchaojnijgpemdfhpnbeejnppigfllj'
export const STRANGER = 'https://prompt-playground.example'

/** The users of the gateway in the pictures, with their origin, models and requests per day. */
const USERS = [
  { name: 'Page Assist', origin: PAGE_ASSIST, perDay: 24, models: ['llama3.2:3b', 'qwen3:8b'] },
  { name: 'Anna’s notes', origin: 'app://obsidian.md', perDay: 11, models: ['qwen3:8b', 'gemma3:12b'] },
  { name: 'NativeMind', origin: NATIVE_MIND, perDay: 9, models: ['gemma3:12b', 'llama3.2:3b'], allowInUrl: true },
  { name: 'Home server scripts', origin: null, perDay: 14, models: ['llama3.2:3b'], scopes: ['chat' as const] },
  { name: 'Kids', origin: 'http://localhost:3000', perDay: 6, models: ['llama3.2:3b'], only: ['llama3.2*'] },
]

const DAY_MS = 86_400_000
const DAYS = 7

/** Creates a key for each user, in the same order. */
export async function makeKeys(serve: Serve): Promise<IssuedKey[]> {
  const keys: IssuedKey[] = []
  for (const { name, allowInUrl = false, scopes, only } of USERS) {
    keys.push(
      await serve.createKey({
        name,
        allowInUrl,
        ...(scopes === undefined ? {} : { scopes }),
        ...(only === undefined ? {} : { models: only }),
      }),
    )
  }
  return keys
}

/**
 * Records the usage of the last seven days, directly in the store, because requests through the gateway would be recorded
 * today. No other process may use the data directory meanwhile.
 */
export async function writePastWeek(dataDir: string, keys: readonly IssuedKey[]): Promise<void> {
  const log = createLog(process.stderr, 'warn')
  const store = await openWhole({ dataDir, now: Date.now, log })
  const random = pseudoRandom()
  for (let daysAgo = DAYS; daysAgo > 0; daysAgo--) {
    const noon = new Date(Date.now() - daysAgo * DAY_MS).setHours(12, 0, 0, 0)
    const exchanges = USERS.flatMap((user, index) => dayOf(user, keys[index], noon, random))
    await store.usage.append(exchanges, [])
  }
  await store.close()
}

function dayOf(
  { perDay, models, origin }: (typeof USERS)[number],
  key: IssuedKey | undefined,
  noon: number,
  random: () => number,
): Exchange[] {
  const count = Math.round(perDay * (0.5 + random()))
  return Array.from({ length: count }, () => ({
    id: randomUUID(),
    time: Math.round(noon + (random() - 0.4) * 8 * 3_600_000),
    keyId: key?.id ?? null,
    origin,
    userAgent: origin === null ? 'ollama-python' : 'Chrome',
    method: 'POST',
    route: '/api/chat',
    routeClass: 'chat',
    model: models[Math.floor(random() * models.length)] ?? null,
    status: 200,
    outcome: 'ok',
    reason: null,
    promptTokens: Math.round(80 + random() * 900),
    completionTokens: Math.round(60 + random() * 700),
    metered: true,
    firstByteMs: 180,
    durationMs: 2400,
    bytesIn: 900,
    bytesOut: 5200,
  }))
}

/** Makes today's usage with real requests through the gateway. */
export async function useKeys(gateway: string, keys: readonly IssuedKey[]): Promise<void> {
  const random = pseudoRandom()
  for (const [index, { origin, models, perDay }] of USERS.entries()) {
    for (let count = 0; count < perDay; count++) {
      const model = models[count % models.length] ?? ''
      await ask(gateway, { secret: keys[index]?.secret ?? '', model, origin, words: Math.round(100 + random() * 700) })
    }
  }
  await ask(gateway, { secret: 'sk-lk-mistyped', model: 'llama3.2:3b', origin: 'https://notes.example' })
}

/** Sends one question and reads the whole answer. */
export async function ask(
  gateway: string,
  { secret, model, origin, words = 400 }: { secret: string; model: string; origin: string | null; words?: number },
): Promise<void> {
  const answer = await fetch(`${gateway}/api/chat`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${secret}`,
      ...(origin === null ? {} : { Origin: origin }),
    },
    body: JSON.stringify({
      model,
      stream: true,
      messages: [{ role: 'user', content: question(words) }],
    }),
  })
  await answer.text()
}

/** A question whose length is about `words`. The sample upstream counts to the number at its end. */
function question(words: number): string {
  return `${'A page of text to be summed up. '.repeat(Math.ceil(words / 8))} Count to ${words}.`
}

/** Returns numbers from 0 to 1, the same in each run, so that the pictures are the same: mulberry32 with a fixed seed. */
function pseudoRandom(): () => number {
  let state = 20_260_801
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
