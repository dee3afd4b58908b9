import { randomBytes } from 'node:crypto'
import type { AppEvent } from '#shared/console-api/events.ts'
import { type Problem, problem } from '#shared/text/problem.ts'
import { AccessRoom } from '../access/access-room.ts'
import type { Host } from '../base/host.ts'
import { TimeZone } from '../base/time-zone.ts'
import type { SettingsService } from '../settings/settings.ts'
import { SummedStore } from '../usage/sums/summed-store.ts'
import { UsageRoom } from '../usage/usage-room.ts'
import type { StoreChange, StorePort } from './store-port.ts'

/** The rooms that keep data in the store. */
export interface Rooms {
  readonly access: AccessRoom
  readonly usage: UsageRoom
  /** Problems of the rooms and the store that the person should know. */
  notices(): readonly Problem[]
  /** Writes pending data. Close the store afterwards. */
  close(): Promise<void>
}

export interface RoomsOptions {
  readonly host: Pick<Host, 'log'>
  readonly store: StorePort
  readonly settings: Pick<SettingsService, 'read'>
  readonly now: () => number
  readonly tell: (event: AppEvent) => void
}

/** Opens the two rooms that write to the store. They read it again after a backup was restored. */
export async function openRooms(options: RoomsOptions): Promise<Rooms> {
  const { host, store, now } = options
  const zone = new TimeZone({ now })
  const timeZone = () => zone.name()
  // No report is requested before the other room is open.
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
      await closing.catch((err: unknown) => host.log.warn({ err }, 'could not write the last uses and exchanges'))
    },
  }
}

/** Access comes last: only then is it certain that the new rows stay, so that exchanges without rights may be ended. */
async function followChange(kind: StoreChange['kind'], access: AccessRoom, usage: UsageRoom): Promise<void> {
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
): Promise<UsageRoom> {
  return new UsageRoom({
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
  usage: UsageRoom,
): Promise<AccessRoom> {
  return AccessRoom.open({
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
    onLimitQuestion: (key) => tell({ type: 'limit-question', key }),
  })
}

function lossNotice(dropped: number): Problem[] {
  if (dropped === 0) return []
  const sentence = 'Some usage could not be written and is missing from the sums. Check that the disk is not full.'
  return [problem('usage_dropped', sentence, {})]
}
