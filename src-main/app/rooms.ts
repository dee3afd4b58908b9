import { randomBytes } from 'node:crypto'
import type { AppEvent } from '#shared/console-api/events.ts'
import { type Problem, problem } from '#shared/text/problem.ts'
import { type AccessRoom, createAccess } from '../access/create-access.ts'
import type { Host } from '../base/host.ts'
import { createTimeZone } from '../base/time-zone.ts'
import type { SettingsService } from '../settings/settings.ts'
import { createUsage, type Usage } from '../usage/create-usage.ts'
import { SummedStore } from '../usage/sums/summed-store.ts'
import type { StoreChange, StorePort } from './store-port.ts'

/** The rooms that remember. */
export interface Rooms {
  readonly access: AccessRoom
  readonly usage: Usage
  /** What the person should know of them and of the store. */
  notices(): readonly Problem[]
  /** Writes what is left. The store is to be closed afterwards. */
  close(): Promise<void>
}

export interface RoomsOptions {
  readonly host: Pick<Host, 'log'>
  readonly store: StorePort
  readonly settings: Pick<SettingsService, 'read'>
  readonly now: () => number
  readonly tell: (event: AppEvent) => void
}

/** Opens the two rooms that write in the store, and has them read it anew when a backup is put in its place. */
export async function openRooms(options: RoomsOptions): Promise<Rooms> {
  const { host, store, now } = options
  const timeZone = createTimeZone({ now })
  // Nobody asks for a report before the other room is open.
  const usage = await openUsage(options, timeZone, () => access)
  const access = await openAccess(options, timeZone, usage)
  store.changes(({ kind }) => followChange(kind, access, usage))
  return {
    access,
    usage,
    notices: () => [...store.notices(), ...lossNotice(usage.dropped())],
    async close() {
      await usage.stop()
      const closing = store.use(async () => {
        await access.close()
        await usage.close()
      })
      await closing.catch((err: unknown) => host.log.warn({ err }, 'what was noted last could not be written'))
    },
  }
}

/** Keys come last: only then it is certain that the other rows stay, and what has lost its right is ended. */
async function followChange(kind: StoreChange['kind'], access: AccessRoom, usage: Usage): Promise<void> {
  if (kind === 'replacing') {
    await access.beginReplacement()
    await usage.beginReplacement()
  }
  if (kind === 'replaced') {
    await usage.endReplacement()
    await access.endReplacement()
  }
}

async function openUsage(
  { host: { log }, store, settings, now }: RoomsOptions,
  timeZone: () => string,
  access: () => AccessRoom,
): Promise<Usage> {
  return createUsage({
    store: await SummedStore.open(store.usage),
    use: (work) => store.use(work),
    now,
    log,
    timeZone,
    labelOf: (by, value) => access().labelOf(by, value),
    ownerOf: (keyId) => access().ownerOf(keyId),
    retentionDays: () => settings.read().retentionDays,
  })
}

function openAccess(
  { host: { log }, store, settings, now, tell }: RoomsOptions,
  timeZone: () => string,
  usage: Usage,
): Promise<AccessRoom> {
  return createAccess({
    keys: store.keys,
    origins: store.origins,
    arrivals: store.arrivals,
    use: (work) => store.use(work),
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
    onOtherAppQuestion: (key) => tell({ type: 'other-app-question', key }),
  })
}

function lossNotice(dropped: number): Problem[] {
  if (dropped === 0) return []
  const sentence = 'Some usage could not be written and is missing in the sums: see that the disk has room.'
  return [problem('usage_dropped', sentence, {})]
}
