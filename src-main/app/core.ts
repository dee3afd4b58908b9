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
import { createUpdateOperations } from '../settings/update-operations.ts'
import type { UpstreamCredential } from '../upstreams/credential.ts'
import type { AppStateFeed } from './app-state.ts'
import type { Events } from './events.ts'
import { Forgetting } from './forget.ts'
import type { GatewaySide } from './gateway-side.ts'
import { createHandover } from './handover.ts'
import { readKeyPlaces, readKeysOfOrigin, readKeyUses } from './key-uses.ts'
import type { Rooms } from './rooms.ts'
import { createSetupMove } from './setup-move.ts'
import type { StorePort } from './store-port.ts'

export interface CoreOptions {
  readonly host: Pick<
    Host,
    'version' | 'dataDir' | 'rendererDir' | 'logTail' | 'loginItem' | 'quit' | 'updates' | 'env' | 'log'
  >
  readonly settings: SettingsService
  readonly credential: UpstreamCredential
  readonly store: StorePort
  readonly rooms: Rooms
  readonly side: GatewaySide
  readonly pairings: Pairings
  readonly events: Events
  readonly feed: AppStateFeed
  readonly now: () => number
  /** Called when changed settings are in effect. */
  readonly onSettingsChanged: (settings: Settings) => void
}

/** The operations of the core for the console, the tray and the command line. */
export function createCore(options: CoreOptions): ConsolePorts {
  return {
    ...statePorts(options),
    ...shellPorts(options),
    ...upstreamPorts(options),
    ...accessPorts(options),
    ...recordPorts(options),
    ...settingsPorts(options),
  }
}

function statePorts({ host, settings, side, events, feed }: CoreOptions) {
  return {
    state: () => feed.state(),
    diagnostics: () =>
      diagnosticsText({
        state: feed.state(),
        settings: settings.read(),
        logTail: host.logTail(),
        ...thisComputer(host.dataDir),
      }),
    subscribe(listener) {
      // The last check of the upstream may be old, because nobody was watching.
      side.watch.wake()
      return events.subscribe(listener)
    },
  } satisfies Partial<ConsolePorts>
}

function shellPorts({ host, events }: CoreOptions) {
  return {
    network: readOwnAddresses,
    loginItem: createLoginItemSwitch({ item: host.loginItem, onChange: () => events.emit({ type: 'settings' }) }),
    quit: () => quitShell(host),
    update: createUpdateOperations({
      updates: host.updates,
      tell: (update) => events.emit({ type: 'update', update }),
    }),
    asset: createAssets(host.rendererDir),
  } satisfies Partial<ConsolePorts>
}

function upstreamPorts({ host, credential, side, feed, now }: CoreOptions) {
  return {
    checkUpstream: () => side.watch.look(),
    credential: {
      status: () => credential.status(side.config().upstream),
      async change(secret) {
        const status = await credential.change(secret, side.config().upstream)
        void side.watch.lookAnew()
        return status
      },
    },
    tryChat: createTryChat({ gateway: () => feed.state().gateway, version: host.version, now }),
  } satisfies Partial<ConsolePorts>
}

function accessPorts({ host, rooms, pairings, side, feed, now }: CoreOptions) {
  const { access } = rooms
  return {
    keys: access.keys,
    handover: createHandover({ host, access, state: () => feed.state(), look: () => side.watch.look(), now }),
    keyUses: () => readKeyUses(rooms),
    limitQuestions: () => rooms.access.limitQuestions(),
    keyPlaces: (id) => readKeyPlaces(rooms, id),
    keysOfOrigin: (origin) => readKeysOfOrigin(rooms, origin),
    origins: access.origins,
    pairing: pairings,
  } satisfies Partial<ConsolePorts>
}

function recordPorts({ store, rooms, events, feed }: CoreOptions) {
  const { usage } = rooms
  const forgetting = new Forgetting(rooms, store)
  return {
    usage: (query) => usage.report(query),
    exchanges: (query) => usage.page(query),
    exportExchanges: (filter) => usage.export(filter),
    audit: (limit, before) => store.audit.list(limit, before),
    backups: {
      list: () => store.backups.list(),
      create: () => store.backups.create('asked'),
      async restore(name) {
        const done = await store.backups.restore(name).finally(() => feed.announce())
        // Everything that a console has read so far is out of date.
        if (done !== undefined) events.emit({ type: 'replaced' })
        return done
      },
    },
    forget: (what) => forgetting.forget(what),
  } satisfies Partial<ConsolePorts>
}

function settingsPorts(options: CoreOptions) {
  const { settings, rooms, now } = options
  const change = (patch: SettingsPatch, alongside?: () => Promise<void>) => changeSettings(options, patch, alongside)
  return {
    setup: createSetupMove({ access: rooms.access, settings: { stored: () => settings.stored(), change }, now }),
    settings: { read: () => settings.read(), change: (patch) => change(patch) },
  } satisfies Partial<ConsolePorts>
}

/** Runs `alongside` as part of the change: if it rejects, nothing has changed. */
async function changeSettings(
  { settings, side, onSettingsChanged }: CoreOptions,
  patch: SettingsPatch,
  alongside?: () => Promise<void>,
): Promise<Settings> {
  const { listeners, watch } = side
  const before = settings.read()
  const after = await settings.change(patch, async (next, last) => {
    await listeners.follow(next, last)
    try {
      await alongside?.()
    } catch (error) {
      await listeners.follow(last, next)
      throw error
    }
  })
  if (after !== before) onSettingsChanged(after)
  if (after.upstreamCertificate !== before.upstreamCertificate) void watch.lookAnew()
  return after
}

/** Quits after the response is sent, because a console cannot read it from a closed connection. */
function quitShell({ quit }: CoreOptions['host']): void {
  if (quit === null) {
    throw new PersonError('quit_unavailable', 'The console cannot quit this Latchkey. Quit it where it was started.')
  }
  setImmediate(quit)
}
