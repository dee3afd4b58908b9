import type { AppEvent } from '#shared/console-api/events.ts'
import type { StoredKey } from '#shared/keys/stored.ts'
import type { Actor } from '#shared/records/audit.ts'
import type { Host } from '../base/host.ts'
import { audited } from '../console-api/audited.ts'
import { createConsole } from '../console-api/create-console.ts'
import type { ConsolePorts } from '../console-api/ports.ts'
import { NetworkWatch } from '../listeners/network-watch.ts'
import type { Pairings } from '../pairing/pairings.ts'
import { readKeysFile } from '../settings/keys-file.ts'
import { PauseAlarm } from '../settings/pause.ts'
import { SettingsService } from '../settings/settings.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { upstreamUrl } from '../upstreams/address.ts'
import { UpstreamCredential } from '../upstreams/credential.ts'
import type { App } from './app.ts'
import { AppStateFeed } from './app-state.ts'
import { createCore } from './core.ts'
import { DailyUpkeep } from './daily-upkeep.ts'
import { Events } from './events.ts'
import { ExpiryReminders } from './expiry-reminders.ts'
import { GatewaySide } from './gateway-side.ts'
import { createPairings } from './pairing-side.ts'
import { openRooms, type Rooms } from './rooms.ts'
import type { StorePort } from './store-port.ts'

const now = Date.now
const FIRST_UPKEEP_AFTER_MS = 10_000

/**
 * Joins the rooms of the core into an app, the same for both shells. Rejects with a PersonError (`already_running`,
 * `settings_damaged`, `store_too_new` ...), and then holds neither a lock nor an open file.
 */
export async function createApp(host: Host): Promise<App> {
  // Both files before the store, because a damaged one must not leave an empty database behind.
  const settings = new SettingsService({
    file: host.settingsFile,
    overrides: host.overrides,
    checkUpstream: upstreamUrl,
  })
  const seeds = readKeysFile(host.env, now())
  const store = await openSqliteStore({ dataDir: host.dataDir, now, log: host.log })
  try {
    return await assemble(host, settings, seeds, store)
  } catch (error) {
    await store.close()
    throw error
  }
}

interface Parts {
  readonly host: Host
  readonly store: StorePort
  readonly settings: SettingsService
  readonly events: Events
  readonly rooms: Rooms
  readonly side: GatewaySide
  readonly pairings: Pairings
  readonly feed: AppStateFeed
  readonly alarm: PauseAlarm
}

/** Joins parts that need each other by functions, which are called only when all parts exist. */
async function assemble(
  host: Host,
  settings: SettingsService,
  seeds: readonly StoredKey[],
  store: StorePort,
): Promise<App> {
  const events = new Events({ log: host.log })
  const announce = () => feed.announce()
  const tell = (event: AppEvent) => {
    events.emit(event)
    announce()
  }
  const credential = await UpstreamCredential.open(host)
  // The gateway is paused while rows are replaced, and permanently if the store is lost.
  store.changes(async () => announce())
  const rooms = await openRooms({ host, store, settings, now, tell })
  const pairings = createPairings({ host, settings, rooms, now, tell, core: () => coreOf('pairing') })
  const gateway = { host, settings, credential, store, rooms, pairings, events, now }
  const side = new GatewaySide({ ...gateway, onUpstreamChange: announce })
  const feed = new AppStateFeed({ host, settings, rooms, side, pairings, emit: (event) => events.emit(event) })
  const alarm = new PauseAlarm({ now, onOver: announce })
  host.failures.onNoted(announce)
  const onSettingsChanged = ({ paused, pairing }: Pick<ReturnType<SettingsService['read']>, 'paused' | 'pairing'>) => {
    alarm.set(paused)
    if (!pairing) pairings.endAll()
    side.watch.wake()
    tell({ type: 'settings' })
  }
  const core = createCore({ ...gateway, side, feed, onSettingsChanged })
  const coreOf = (actor: Actor) => auditedCore(core, actor, { host, store, rooms })
  await seedKeys(seeds, rooms)
  return appOf(core, coreOf, { host, store, settings, events, rooms, side, pairings, feed, alarm })
}

/**
 * Adds the keys of a file that are not here yet. A key that was changed, rotated or deleted here stays as it is, so that
 * a restart undoes nothing. Rejects with a PersonError; then no key was added, and the rooms are closed.
 */
async function seedKeys(seeds: readonly StoredKey[], { access, close }: Rooms): Promise<void> {
  const isNew = ({ secrets }: StoredKey) => !secrets.some(({ hash }) => access.keys.hasSecret(hash))
  const missing = seeds.filter(isNew)
  if (missing.length === 0) return
  try {
    await access.adopt({ keys: missing, origins: [] })
  } catch (error) {
    await close()
    throw error
  }
}

/** Wraps the core's operations, so that the audit trail names this actor for their changes. */
function auditedCore(
  core: ConsolePorts,
  actor: Actor,
  { host, store, rooms }: Pick<Parts, 'host' | 'store' | 'rooms'>,
) {
  return audited(core, {
    actor,
    now,
    log: host.log,
    add: (entry) => store.audit.add(entry),
    labelOf: (by, value) => rooms.access.labelOf(by, value),
  })
}

function appOf(core: ConsolePorts, coreOf: (actor: Actor) => ConsolePorts, parts: Parts): App {
  const { host } = parts
  const lifecycle = new Lifecycle(parts)
  return {
    console: createConsole(coreOf('console'), host.log),
    commandLine: createConsole(coreOf('command line'), host.log),
    core: coreOf('tray'),
    state: () => core.state(),
    subscribe: (listener) => core.subscribe(listener),
    start: () => lifecycle.start(),
    stop: (drainMs) => lifecycle.stop(drainMs),
  }
}

/** The order of start and stop. */
class Lifecycle {
  readonly #parts: Parts
  readonly #networkWatch: NetworkWatch
  readonly #upkeep: DailyUpkeep
  #stopped: Promise<void> | undefined

  constructor(parts: Parts) {
    const { side, feed, store, host, rooms, events } = parts
    const { log } = host
    this.#parts = parts
    this.#networkWatch = new NetworkWatch({
      look: () => side.listeners.look(),
      onLooked: () => feed.announce(),
      log,
    })
    const { audit, backups } = store
    const reminders = new ExpiryReminders({
      keys: () => rooms.access.keys.list(),
      now,
      remind: (key) => events.emit({ type: 'key-expires', key }),
    })
    const remind = () => reminders.look()
    this.#upkeep = new DailyUpkeep({ audit, backups, remind, now, log, firstAfterMs: FIRST_UPKEEP_AFTER_MS })
  }

  async start(): Promise<void> {
    const { rooms, settings, side, feed, alarm } = this.#parts
    rooms.usage.start()
    alarm.set(settings.read().paused)
    await side.listeners.open(settings.read())
    side.watch.start()
    this.#networkWatch.start()
    this.#upkeep.start()
    feed.announce()
  }

  stop(drainMs: number): Promise<void> {
    this.#stopped ??= this.#stop(drainMs)
    return this.#stopped
  }

  async #stop(drainMs: number): Promise<void> {
    const { rooms, store, side, pairings, feed, alarm } = this.#parts
    side.watch.stop()
    this.#networkWatch.stop()
    alarm.clear()
    await side.listeners.close(drainMs)
    await pairings.close()
    await this.#upkeep.stop()
    feed.announce()
    await rooms.close()
    await store.close()
  }
}
