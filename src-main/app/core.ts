import type { Settings, SettingsPatch } from '#shared/settings/settings.ts'
import { PersonError } from '#shared/text/person-error.ts'
import type { Host } from '../base/host.ts'
import { createAssets } from '../console-api/assets.ts'
import type { ConsolePorts } from '../console-api/ports.ts'
import { createTryChat } from '../console-api/try-chat.ts'
import { readOwnAddresses } from '../listeners/own-addresses.ts'
import { diagnosticsText, thisComputer } from '../observability/diagnostics.ts'
import type { Pairings } from '../pairing/pairings.ts'
import { createLoginItemSwitch } from '../settings/login-item-switch.ts'
import type { SettingsService } from '../settings/settings.ts'
import { createUpdateDoor } from '../settings/update-door.ts'
import type { UpstreamCredential } from '../upstreams/credential.ts'
import type { AppStateFeed } from './app-state.ts'
import type { Events } from './events.ts'
import { createForget } from './forget.ts'
import type { GatewaySide } from './gateway-side.ts'
import { readKeysOfOrigin, readKeyUses } from './key-uses.ts'
import type { Rooms } from './rooms.ts'
import { createSetupMove } from './setup-move.ts'
import type { StorePort } from './store-port.ts'

export interface CoreOptions {
  readonly host: Pick<Host, 'version' | 'dataDir' | 'rendererDir' | 'logTail' | 'loginItem' | 'quit' | 'updates'>
  readonly settings: SettingsService
  readonly credential: UpstreamCredential
  readonly store: StorePort
  readonly rooms: Rooms
  readonly side: GatewaySide
  readonly pairings: Pairings
  readonly events: Events
  readonly feed: AppStateFeed
  readonly now: () => number
  /** New settings are in effect. */
  readonly onSettingsChanged: (settings: Settings) => void
}

/** What a console, a tray and a command line can ask of the core. */
export function createCore({
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
  onSettingsChanged,
}: CoreOptions): ConsolePorts {
  const { access, usage } = rooms

  /** `alongside` takes part: when it rejects, nothing has changed. */
  async function changeSettings(patch: SettingsPatch, alongside?: () => Promise<void>): Promise<Settings> {
    const before = settings.read()
    const after = await settings.change(patch, async (next, last) => {
      await side.listeners.follow(next, last)
      try {
        await alongside?.()
      } catch (error) {
        await side.listeners.follow(last, next)
        throw error
      }
    })
    if (after !== before) onSettingsChanged(after)
    if (after.upstreamCertificate !== before.upstreamCertificate) lookAnew()
    return after
  }

  async function changeCredential(secret: string | null) {
    const status = await credential.change(secret, side.config().upstream)
    lookAnew()
    return status
  }

  async function restore(name: string) {
    const done = await store.backups.restore(name).finally(feed.announce)
    // All that was read before is out of date.
    if (done !== undefined) events.emit({ type: 'replaced' })
    return done
  }

  /** The upstream may answer otherwise now; a look that is under way still has what was before. */
  function lookAnew() {
    void side.watch.look().then(side.watch.look)
  }

  return {
    state: feed.state,
    checkUpstream: side.watch.look,
    credential: { status: () => credential.status(side.config().upstream), change: changeCredential },
    diagnostics: () =>
      diagnosticsText({
        state: feed.state(),
        settings: settings.read(),
        logTail: host.logTail(),
        ...thisComputer(host.dataDir),
      }),
    network: readOwnAddresses,
    loginItem: createLoginItemSwitch({ item: host.loginItem, onChange: () => events.emit({ type: 'settings' }) }),
    quit: () => quitShell(host),
    update: createUpdateDoor({ updates: host.updates, tell: (update) => events.emit({ type: 'update', update }) }),
    tryChat: createTryChat({ gateway: () => feed.state().gateway, version: host.version, now }),
    keys: access.keys,
    keyUses: () => readKeyUses(rooms),
    keysOfOrigin: (origin) => readKeysOfOrigin(rooms, origin),
    origins: access.origins,
    pairing: {
      list: () => pairings.list(),
      approve: (approval) => pairings.approve(approval),
      decline: (choice) => pairings.decline(choice),
    },
    usage: (query) => usage.report(query),
    exchanges: (query) => usage.page(query),
    exportExchanges: (filter) => usage.export(filter),
    audit: (limit, before) => store.audit.list(limit, before),
    backups: { list: () => store.backups.list(), create: () => store.backups.create('asked'), restore },
    setup: createSetupMove({ access, settings: { stored: settings.stored, change: changeSettings }, now }),
    forget: createForget(rooms, store),
    settings: { read: settings.read, change: (patch) => changeSettings(patch) },
    subscribe(listener) {
      // Until now nobody may have looked at the upstream for long.
      side.watch.wake()
      return events.subscribe(listener)
    },
    asset: createAssets(host.rendererDir),
  }
}

/** After the answer, which a console that has just closed could not read. */
function quitShell({ quit }: CoreOptions['host']): void {
  if (quit === null) throw new PersonError('quit_unavailable', 'This Latchkey is ended where it was started.')
  setImmediate(quit)
}
