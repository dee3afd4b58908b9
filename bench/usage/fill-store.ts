import type { Exchange } from '#shared/gateway/exchange.ts'
import { QUARTER_MS } from '#shared/keys/stored.ts'
import { OWNER_ID } from '#shared/people/person-id.ts'
import { openWhole, type WholeStore } from '../../test/support/summed-store.ts'
import { madeUpUse, type UseShape } from './made-up-use.ts'

const BATCH = 5000
export const RETENTION_MS = 30 * 86_400_000
const quiet = { warn: () => undefined, error: () => undefined }

export function openBenchStore(dataDir: string): Promise<WholeStore> {
  return openWhole({ dataDir, now: Date.now, log: quiet })
}

/**
 * Writes two years of usage as in real use: through the store's own `append`, with raw rows only for the retention
 * period, and sums computed as time passes. Calls `tell` for every millionth exchange.
 */
export async function fillStore(dataDir: string, shape: UseShape, tell: (done: number) => void): Promise<void> {
  const store = await openBenchStore(dataDir)
  for (let number = 0; number < shape.keys; number++) await store.keys.insert(benchKey(number, shape.from))
  let done = 0
  let batch: Exchange[] = []
  const write = async () => {
    const split = batch.findIndex((one) => one.time >= shape.to - RETENTION_MS)
    const raw = split < 0 ? batch.length : split
    await store.usage.append(batch.slice(raw), batch.slice(0, raw))
    const last = batch.at(-1)?.time ?? shape.from
    while (await store.usage.rollUp(Math.floor(last / QUARTER_MS)));
    if (Math.floor((done + batch.length) / 1e6) > Math.floor(done / 1e6)) tell(done + batch.length)
    done += batch.length
    batch = []
  }
  for (const exchange of madeUpUse(shape)) {
    batch.push(exchange)
    if (batch.length === BATCH) await write()
  }
  await write()
  await store.close()
}

function benchKey(number: number, createdAt: number) {
  const prefix = 'sk-lk-bench0'
  return {
    key: {
      id: `key_${number}`,
      name: `Key ${number}`,
      scopes: ['chat' as const],
      endpoints: null,
      models: null,
      origins: null,
      expiresAt: null,
      requestsPerMinute: null,
      tokensPerDay: 1_000_000,
      concurrency: null,
      allowInUrl: false,
      online: false,
      onlineQuestion: null,
      app: null,
      otherApp: null,
      onlyItsApp: false,
      person: number % 3 === 0 ? OWNER_ID : `person_${number % 7}`,
      enabled: true,
      prefix,
      createdAt,
      lastUsedAt: null,
      graceUntil: null,
    },
    secrets: [{ hash: `bench ${number}`, prefix, expiresAt: null }],
    deletedAt: null,
  }
}
