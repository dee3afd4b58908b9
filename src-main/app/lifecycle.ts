import type { Host } from '../base/host.ts'
import type { SignIn } from '../console-server/ports.ts'
import { NetworkWatch } from '../listeners/network-watch.ts'
import type { OtlpPush } from '../observability/otlp/otlp-push.ts'
import type { Pairings } from '../pairing/pairings.ts'
import type { PauseAlarm } from '../settings/pause.ts'
import type { SettingsService } from '../settings/settings.ts'
import type { AppStateFeed } from './app-state.ts'
import type { Events } from './events.ts'
import { DailyUpkeep } from './operations/daily-upkeep.ts'
import { ExpiryReminders } from './operations/expiry-reminders.ts'
import type { Rooms } from './rooms.ts'
import type { ConsoleSide } from './sides/console-side.ts'
import type { GatewaySide } from './sides/gateway-side.ts'
import type { LanDiscovery } from './sides/lan-discovery.ts'
import type { LanSide } from './sides/lan-side.ts'
import type { StorePort } from './store/store-port.ts'

const FIRST_UPKEEP_AFTER_MS = 10_000

/** The parts of a running app. */
export interface Parts {
  readonly host: Host
  readonly store: StorePort
  readonly settings: SettingsService
  readonly events: Events
  readonly otlp: OtlpPush
  readonly rooms: Rooms
  readonly side: GatewaySide
  readonly lan: LanSide
  readonly discovery: LanDiscovery
  readonly pairings: Pairings
  readonly consoleSide: ConsoleSide
  readonly signIn: SignIn
  readonly feed: AppStateFeed
  readonly alarm: PauseAlarm
}

/** The order of start and stop. */
export class Lifecycle {
  readonly #parts: Parts
  readonly #networkWatch: NetworkWatch
  readonly #upkeep: DailyUpkeep
  #stopped: Promise<void> | undefined

  constructor(parts: Parts) {
    const { side, lan, discovery, consoleSide, feed, store, host, rooms, events } = parts
    const { log } = host
    this.#parts = parts
    this.#networkWatch = new NetworkWatch({
      // The certificate first, so that a new address is in it when its listener opens.
      look: async () => {
        await lan.look()
        await side.listeners.look()
        await consoleSide.look()
        void discovery.look()
      },
      onLooked: () => feed.announce(),
      log,
    })
    const { audit, backups } = store
    const reminders = new ExpiryReminders({
      keys: () => rooms.access.keys.list(),
      now: Date.now,
      remind: (key) => events.emit({ type: 'key-expires', key }),
    })
    const remind = () => reminders.look()
    this.#upkeep = new DailyUpkeep({ audit, backups, remind, now: Date.now, log, firstAfterMs: FIRST_UPKEEP_AFTER_MS })
  }

  async start(): Promise<void> {
    const { store, rooms, settings, side, lan, discovery, feed, alarm, otlp } = this.#parts
    await store.start()
    rooms.usage.start()
    otlp.start()
    alarm.set(settings.read().paused)
    await lan.follow(settings.read())
    await side.listeners.open(settings.read())
    void discovery.look()
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
    const { rooms, store, side, lan, discovery, pairings, consoleSide, feed, alarm, otlp } = this.#parts
    side.watch.stop()
    this.#networkWatch.stop()
    alarm.clear()
    await discovery.stop()
    await consoleSide.close()
    await side.listeners.close(drainMs)
    // The last exchanges have ended.
    const pushed = otlp.stop()
    await lan.close()
    await pairings.close()
    await this.#upkeep.stop()
    feed.announce()
    await rooms.close()
    await store.close()
    await pushed
  }
}
