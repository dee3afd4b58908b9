import type { ForeignRows } from '#shared/records/foreign-rows.ts'
import {
  openPostgresStore,
  type PostgresOptions,
  type PostgresStore,
} from '../../src-main/store/postgres/postgres-store.ts'

export const GRACE_MS = 5 * 60_000

/** A gateway's store on a real database, with clocks that the test can put forward. */
export interface SharedStore {
  readonly store: PostgresStore
  /** As if so much time passed in which no timer ran: in a process that was stopped, or in a computer that slept. */
  sleep(ms: number, who?: 'process' | 'computer'): void
  /** What the rooms were given of other gateways' changes, and `away`, `closed` and `here`, in order. */
  readonly events: (ForeignRows | string)[]
  readonly warnings: string[]
}

/** Opens it, and starts to follow the others. Close it in the end. */
export async function openSharedStore(url: string, options: Partial<PostgresOptions> = {}): Promise<SharedStore> {
  const slept = { process: 0, computer: 0 }
  const warnings: string[] = []
  const tell = (details: object, message: string) => void warnings.push(`${message} ${JSON.stringify(details)}`)
  const store = await openPostgresStore({
    url,
    gateway: { name: `test:${Math.random()}`, program: 'test', timeZone: 'UTC', settings: () => ({}) },
    graceMs: () => GRACE_MS,
    now: () => Date.now() + slept.process + slept.computer,
    // Stands still while the computer sleeps.
    monotonic: () => performance.now() + slept.process,
    random: () => 0.5,
    log: { warn: tell, error: tell },
    onClosed: () => undefined,
    ...options,
  })
  const events: SharedStore['events'] = []
  store.follow((rows) => void events.push(rows))
  store.changes(async ({ kind }) => void events.push(kind))
  await store.start()
  return { store, sleep: (ms, who = 'process') => void (slept[who] += ms), events, warnings }
}
