import { isDeepStrictEqual } from 'node:util'
import type { AppEvent } from '#shared/console-api/events.ts'
import type { AppState, GatewayState, SharedConsole } from '#shared/console-api/state.ts'
import { isWaiting } from '#shared/people/person.ts'
import type { Host } from '../base/host.ts'
import type { Pairings } from '../pairing/pairings.ts'
import type { SettingsService } from '../settings/settings.ts'
import type { Rooms } from './rooms.ts'
import type { GatewaySide } from './sides/gateway-side.ts'
import type { LanSide } from './sides/lan-side.ts'

export interface AppStateSources {
  readonly host: Pick<Host, 'version' | 'shell' | 'failures'>
  readonly settings: Pick<SettingsService, 'read'>
  readonly rooms: Rooms
  readonly side: GatewaySide
  readonly lan: Pick<LanSide, 'reach'>
  readonly pairings: Pick<Pairings, 'list'>
  readonly sharedConsole: () => SharedConsole
  readonly emit: (event: AppEvent) => void
}

/** The state that the console and the tray show, collected from memory, and the event that reports a change of it. */
export class AppStateFeed {
  readonly #sources: AppStateSources
  #announced: AppState | undefined

  constructor(sources: AppStateSources) {
    this.#sources = sources
  }

  state(): AppState {
    const { host, rooms, side, pairings } = this.#sources
    return {
      version: host.version,
      shell: host.shell,
      gateway: gatewayState(this.#sources),
      upstream: side.watch.state(),
      sharedConsole: this.#sources.sharedConsole(),
      keys: rooms.access.keyCount(),
      pendingOrigins: rooms.access.pendingCount(),
      pendingOnline: rooms.access.pendingOnlineCount(),
      pendingOtherApps: rooms.access.pendingOtherAppCount(),
      pendingPeople: rooms.people.list().filter(isWaiting).length,
      pendingPairings: pairings.list().length,
      notices: [...rooms.notices()],
      failures: host.failures.state(),
    }
  }

  /** Call whenever part of the state may have changed. Emits an event only if it has. */
  announce(): void {
    const state = this.state()
    if (this.#announced !== undefined && isDeepStrictEqual(withoutTime(this.#announced), withoutTime(state))) return
    this.#announced = state
    this.#sources.emit({ type: 'state', state })
  }
}

function gatewayState({ settings, side, lan }: AppStateSources): GatewayState {
  const { listeners } = side
  const { urls, problem } = lan.reach()
  const isOpen = listeners.port !== 0
  const port = isOpen ? listeners.port : settings.read().gatewayPort
  const openStatus = side.config().paused ? 'paused' : 'running'
  return {
    status: isOpen ? openStatus : 'stopped',
    // Not 127.0.0.1, because this name also works over IPv6.
    address: `http://localhost:${port}`,
    port,
    problem: listeners.problem,
    lan: [...urls],
    lanProblem: listeners.lanProblem ?? problem,
  }
}

/** A repeated check with the same result is not a change. */
function withoutTime(state: AppState): AppState {
  return { ...state, upstream: { ...state.upstream, checkedAt: 0 } }
}
