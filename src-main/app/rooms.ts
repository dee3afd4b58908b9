import { randomBytes } from 'node:crypto'
import type { AppEvent } from '#shared/console-api/events.ts'
import { QUARTER_MS } from '#shared/keys/stored.ts'
import { type Problem, problem } from '#shared/text/problem.ts'
import { type AccessRoom, createAccess } from '../access/create-access.ts'
import type { Host } from '../base/host.ts'
import { createTimeZone } from '../base/time-zone.ts'
import type { SettingsService } from '../settings/settings.ts'
import type { Backups } from '../store/sqlite/file/backups.ts'
import { openStore, type Store } from '../store/sqlite/open-store.ts'
import type { AuditTable } from '../store/sqlite/tables/audit-table.ts'
import { createUsage, type Usage } from '../usage/create-usage.ts'
import type { Traces } from '../usage/ports.ts'
import { SummedStore } from '../usage/sums/summed-store.ts'

/** The rooms that remember. */
export interface Rooms {
  readonly access: AccessRoom
  readonly usage: Usage
  readonly audit: Pick<AuditTable, 'add' | 'list' | 'prune'>
  readonly backups: Backups
  /** Whether the data file has any use of a key or an origin, or a line in the audit trail about it. */
  hasTraces(whose: Traces): Promise<boolean>
  /** Deletes all traces of a key or an origin, or of all use, from the data file; resolves to how many exchanges went. */
  forget(whose: Traces | 'everything'): Promise<number>
  /** What the person should know of them. */
  notices(): readonly Problem[]
  /** Writes what is left, then closes the store. */
  close(): Promise<void>
}

export interface RoomsOptions {
  readonly host: Host
  readonly settings: Pick<SettingsService, 'read'>
  readonly now: () => number
  readonly tell: (event: AppEvent) => void
}

/** Opens the store, and the two rooms that write in it. The caller holds the instance lock. */
export async function openRooms(options: RoomsOptions): Promise<Rooms> {
  const { host, now } = options
  const store = await openStore({ dataDir: host.dataDir, now, log: host.log })
  try {
    return await openOn(store, options)
  } catch (error) {
    await store.close()
    throw error
  }
}

async function openOn(store: Store, { host, settings, now, tell }: RoomsOptions): Promise<Rooms> {
  const { log } = host
  const timeZone = createTimeZone({ now })
  const sums = await SummedStore.open(store.usage)
  const usage = createUsage({
    store: sums,
    now,
    log,
    timeZone,
    // Nobody asks for a report before the room is open.
    labelOf: (by, value) => access.labelOf(by, value),
    ownerOf: (keyId) => access.ownerOf(keyId),
    retentionDays: () => settings.read().retentionDays,
  })
  const access = await createAccess({
    keys: store.keys,
    origins: store.origins,
    arrivals: store.arrivals,
    unknownOrigins: () => settings.read().unknownOrigins,
    tokensSince: (keyId, since) => usage.tokensSince(keyId, since),
    timeZone,
    now,
    randomBytes,
    log,
    onKeysChanged: () => tell({ type: 'keys' }),
    onOriginsChanged: () => tell({ type: 'origins' }),
    onQuestion: (origin) => tell({ type: 'question', origin }),
    onOnlineQuestion: (key) => tell({ type: 'online-question', key }),
  })
  return {
    access,
    usage,
    audit: store.audit,
    backups: store.backups,
    async hasTraces(whose) {
      await usage.flush()
      return (await sums.hasTraces(whose)) || (await store.audit.isAbout(subjectOf(whose)))
    },
    async forget(whose) {
      await usage.flush()
      await (whose === 'everything' ? store.audit.forgetAll() : store.audit.forget(subjectOf(whose)))
      return sums.forget(whose, Math.floor(now() / QUARTER_MS))
    },
    notices: () => [...store.notices, ...lossNotice(usage.dropped())],
    async close() {
      await access.close()
      await usage.close()
      await store.close()
    },
  }
}

function subjectOf(whose: Traces): string {
  return 'keyId' in whose ? whose.keyId : whose.origin
}

function lossNotice(dropped: number): Problem[] {
  if (dropped === 0) return []
  const sentence = 'Some usage could not be written and is missing in the sums: see that the disk has room.'
  return [problem('usage_dropped', sentence, {})]
}
