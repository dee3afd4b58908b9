import { isDeepStrictEqual } from 'node:util'
import type { AppEvent } from '#shared/console-api/events.ts'
import type { AppState, GatewayState } from '#shared/console-api/state.ts'
import { urlHost } from '#shared/settings/network.ts'
import type { Host } from '../base/host.ts'
import type { Pairings } from '../pairing/pairings.ts'
import type { SettingsService } from '../settings/settings.ts'
import type { GatewaySide } from './gateway-side.ts'
import type { Rooms } from './rooms.ts'

export interface AppStateSources {
  readonly host: Pick<Host, 'version' | 'shell' | 'failures'>
  readonly settings: Pick<SettingsService, 'read'>
  readonly rooms: Rooms
  readonly side: GatewaySide
  readonly pairings: Pick<Pairings, 'list'>
  readonly emit: (event: AppEvent) => void
}

/** The app's state, from memory, and the event that tells of a change in it. */
export interface AppStateFeed {
  state(): AppState
  /** To be called whenever something in it may have changed; tells only when something has. */
  announce(): void
}

export function createAppState(sources: AppStateSources): AppStateFeed {
  const { host, rooms, side, pairings, emit } = sources
  const state = (): AppState => ({
    version: host.version,
    shell: host.shell,
    gateway: gatewayState(sources),
    upstream: side.watch.state(),
    keys: rooms.access.keyCount(),
    pendingOrigins: rooms.access.pendingCount(),
    pendingOnline: rooms.access.pendingOnlineCount(),
    pendingOtherApps: rooms.access.pendingOtherAppCount(),
    pendingPairings: pairings.list().length,
    notices: [...rooms.notices()],
    failures: host.failures.state(),
  })
  let told: AppState | undefined

  return {
    state,
    announce() {
      const now = state()
      if (told !== undefined && isDeepStrictEqual(withoutTime(told), withoutTime(now))) return
      told = now
      emit({ type: 'state', state: now })
    },
  }
}

function gatewayState({ settings, side: { listeners, config } }: AppStateSources): GatewayState {
  const isOpen = listeners.port !== 0
  const port = isOpen ? listeners.port : settings.read().gatewayPort
  const openStatus = config().paused ? 'paused' : 'running'
  return {
    status: isOpen ? openStatus : 'stopped',
    // Not 127.0.0.1: this name reaches it over IPv6 as well.
    address: `http://localhost:${port}`,
    port,
    problem: listeners.problem,
    lan: listeners.lan.map((host) => `http://${urlHost(host)}:${port}`),
    lanProblem: listeners.lanProblem,
  }
}

/** That somebody looked again and found the same is no news. */
function withoutTime(state: AppState): AppState {
  return { ...state, upstream: { ...state.upstream, checkedAt: 0 } }
}
