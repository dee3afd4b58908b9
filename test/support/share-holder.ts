import { isRefusal, type Lease, type Refusal } from '#shared/gateway/decisions.ts'
import type { Limited } from '../../src-main/access/limits/counters.ts'
import { Limits } from '../../src-main/access/limits/limits.ts'
import { HeldShares } from '../../src-main/access/limits/shares/held-shares.ts'
import { TokenBudgets } from '../../src-main/access/limits/token-budgets.ts'
import { openPostgresStore, type PostgresStore } from '../../src-main/store/postgres/postgres-store.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

export interface ShareHolderOptions {
  /** The address of the database. */
  readonly url: string
  /** Another holder with the same name is its successor. */
  readonly name: string
  readonly key: Limited
  readonly graceMs?: number
  readonly timeZone?: string
  /** Fingerprints of settings. */
  readonly settings?: Readonly<Record<string, string>>
  /** Tokens that all gateways have used today before the limit was set. */
  readonly spentBefore?: number
}

/** The limits of one gateway, on a real database behind a proxy of its own. */
export interface ShareHolder {
  readonly name: string
  readonly key: Limited
  readonly store: PostgresStore
  readonly shares: HeldShares
  readonly limits: Limits
  readonly proxy: TcpProxy
  admit(): Lease | Refusal
  /** Ends as by SIGKILL: the database hears nothing more of it. */
  kill(): Promise<void>
  close(): Promise<void>
}

const NOBODY: Limited = { id: 'person', requestsPerMinute: null, tokensPerDay: null, concurrency: null }

export async function openShareHolder({
  url,
  name,
  key,
  graceMs = 300_000,
  timeZone = 'UTC',
  settings = {},
  spentBefore = 0,
}: ShareHolderOptions): Promise<ShareHolder> {
  const proxy = await startTcpProxy(Number(new URL(url).port))
  const log = { warn: () => undefined, error: () => undefined }
  const store = await openPostgresStore({
    url: proxy.through(url),
    gateway: { name, program: '1.0.0', timeZone, settings: () => settings },
    graceMs: () => graceMs,
    now: Date.now,
    monotonic: () => performance.now(),
    random: Math.random,
    log,
    onClosed: () => undefined,
  })
  const budgets = new TokenBudgets({ now: Date.now })
  const shares: HeldShares = new HeldShares({
    store: store.shares,
    today: () => budgets.today().from,
    useOf: (whose, kind, id) => limits.useOf(whose, kind, id),
    tokensSince: async () => spentBefore,
    limited: () => [{ whose: 'key', who: key }],
    log,
  })
  const personBudgets = new TokenBudgets({ now: Date.now })
  const limits = new Limits({ now: Date.now, budgets, personBudgets, shares, onPersonUsed: () => undefined })
  await shares.begin()
  await store.start()
  const close = async () => {
    await shares.close()
    await store.close()
    await proxy.close()
  }
  return {
    name,
    key,
    store,
    shares,
    limits,
    proxy,
    admit: () => limits.admit(key, NOBODY),
    async kill() {
      proxy.mode('refuse')
      proxy.cut()
      await close()
    },
    close,
  }
}

/** The lease of a request that was admitted. */
export function leaseOf(verdict: Lease | Refusal): Lease | undefined {
  return isRefusal(verdict) ? undefined : verdict
}
