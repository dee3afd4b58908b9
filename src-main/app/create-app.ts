import type { AppEvent } from '#shared/console-api/events.ts'
import type { Actor } from '#shared/records/audit.ts'
import type { Host } from '../base/host.ts'
import type { Log } from '../base/log.ts'
import { audited } from '../console-api/audited.ts'
import { createConsole } from '../console-api/create-console.ts'
import { createNetworkWatch } from '../listeners/network-watch.ts'
import type { Pairings } from '../pairing/pairings.ts'
import { readKeysFile } from '../settings/keys-file.ts'
import { createPauseAlarm, type PauseAlarm } from '../settings/pause.ts'
import { openSettings, type SettingsService } from '../settings/settings.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { upstreamUrl } from '../upstreams/address.ts'
import { openUpstreamCredential } from '../upstreams/credential.ts'
import type { App } from './app.ts'
import { type AppStateFeed, createAppState } from './app-state.ts'
import { createCore } from './core.ts'
import { createDailyUpkeep } from './daily-upkeep.ts'
import { createEvents } from './events.ts'
import { createGatewaySide, type GatewaySide } from './gateway-side.ts'
import { createPairings } from './pairing-side.ts'
import { openRooms, type Rooms } from './rooms.ts'
import { seedKeys } from './seed-keys.ts'
import type { StorePort } from './store-port.ts'

const now = Date.now
const FIRST_UPKEEP_AFTER_MS = 10_000

/**
 * Joins the rooms of the core into an app, the same for both shells. Rejects with a PersonError (`already_running`,
 * `settings_damaged`, `store_too_new` ...), and then holds nothing: no lock, no open file.
 */
export async function createApp(host: Host): Promise<App> {
  const store = await openSqliteStore({ dataDir: host.dataDir, now, log: host.log })
  try {
    return await assemble(host, store)
  } catch (error) {
    await store.close()
    throw error
  }
}

/** Parts that need each other meet through functions, which nobody calls before all parts are there. */
async function assemble(host: Host, store: StorePort): Promise<App> {
  const { log } = host
  const events = createEvents({ log })
  const tell = (event: AppEvent) => {
    events.emit(event)
    feed.announce()
  }
  const settings = openSettings({ file: host.settingsFile, overrides: host.overrides, checkUpstream: upstreamUrl })
  const credential = await openUpstreamCredential(host)
  // The gateway is paused while rows are replaced, and for good when the store is lost.
  store.changes(async () => feed.announce())
  const seeds = readKeysFile(host.env, now())
  const rooms = await openRooms({ host, store, settings, now, tell })
  const pairings = createPairings({ host, settings, rooms, now, tell, core: () => coreOf('pairing') })
  const side = createGatewaySide({
    host,
    settings,
    credential,
    store,
    rooms,
    pairings,
    events,
    now,
    onUpstreamChange: () => feed.announce(),
  })
  const feed = createAppState({ host, settings, rooms, side, pairings, emit: events.emit })
  host.failures.onNoted(feed.announce)
  const alarm = createPauseAlarm({ now, onOver: feed.announce })
  const core = createCore({
    host,
    settings,
    credential,
    store,
    rooms,
    side,
    pairings,
    events,
    feed,
    now,
    onSettingsChanged({ paused, pairing }) {
      alarm.set(paused)
      if (!pairing) pairings.endAll()
      side.watch.wake()
      tell({ type: 'settings' })
    },
  })
  const coreOf = (actor: Actor) =>
    audited(core, { actor, now, log, add: (entry) => store.audit.add(entry), labelOf: rooms.access.labelOf })
  await seedKeys(seeds, rooms)
  return {
    console: createConsole(coreOf('console'), log),
    commandLine: createConsole(coreOf('command line'), log),
    core: coreOf('tray'),
    state: core.state,
    subscribe: core.subscribe,
    ...lifecycleOf({ log, store, settings, rooms, side, pairings, feed, alarm }),
  }
}

interface Parts {
  readonly log: Log
  readonly store: StorePort
  readonly settings: Pick<SettingsService, 'read'>
  readonly rooms: Rooms
  readonly side: GatewaySide
  readonly pairings: Pairings
  readonly feed: AppStateFeed
  readonly alarm: PauseAlarm
}

/** The order of start and stop. */
function lifecycleOf(parts: Parts): Pick<App, 'start' | 'stop'> {
  const { log, store, settings, rooms, side, pairings, feed, alarm } = parts
  const networkWatch = createNetworkWatch({ look: () => side.listeners.look(), onLooked: feed.announce, log })
  const { audit, backups } = store
  const upkeep = createDailyUpkeep({ audit, backups, now, log, firstAfterMs: FIRST_UPKEEP_AFTER_MS })
  let stopped: Promise<void> | undefined

  async function stop(drainMs: number) {
    side.watch.stop()
    networkWatch.stop()
    alarm.clear()
    await side.listeners.close(drainMs)
    await pairings.close()
    await upkeep.stop()
    feed.announce()
    await rooms.close()
    await store.close()
  }

  return {
    async start() {
      rooms.usage.start()
      alarm.set(settings.read().paused)
      await side.listeners.open(settings.read())
      side.watch.start()
      networkWatch.start()
      upkeep.start()
      feed.announce()
    },
    stop(drainMs) {
      stopped ??= stop(drainMs)
      return stopped
    },
  }
}
