import type { Settings, SettingsPatch } from '#shared/settings/settings.ts'
import { PersonError } from '#shared/text/person-error.ts'
import type { Host } from '../base/host.ts'
import { createAssets } from '../console-api/assets.ts'
import { type Caller, OWNER_AT_WINDOW } from '../console-api/caller.ts'
import type { ConsolePorts } from '../console-api/ports.ts'
import { createTryChat } from '../console-api/try-chat.ts'
import { readOwnAddresses } from '../listeners/own-addresses.ts'
import { diagnosticsText, thisComputer } from '../observability/diagnostics.ts'
import type { Pairings } from '../pairing/pairings.ts'
import { createLoginItemSwitch } from '../settings/login-item-switch.ts'
import type { Apply, SettingsService } from '../settings/settings.ts'
import { createUpdateOperations } from '../settings/update-operations.ts'
import type { UpstreamCredential } from '../upstreams/credential.ts'
import type { AppStateFeed } from './app-state.ts'
import type { Events } from './events.ts'
import { Forgetting } from './operations/forget.ts'
import { readKeyPlaces, readKeysOfOrigin, readKeyUses } from './operations/key-uses.ts'
import { quotaOf } from './operations/quotas.ts'
import { createSetupMove } from './operations/setup-move.ts'
import type { Rooms } from './rooms.ts'
import type { GatewaySide } from './sides/gateway-side.ts'
import { createHandover } from './sides/handover-side.ts'
import type { LanSide } from './sides/lan-side.ts'
import { createOwnSessions, createPeopleOperations } from './sides/people-side.ts'
import type { ProviderSide } from './sides/provider-side.ts'
import type { SignInSide } from './sides/sign-in-side.ts'
import type { StorePort } from './store/store-port.ts'

export interface CoreOptions {
  readonly host: Pick<
    Host,
    'version' | 'dataDir' | 'rendererDir' | 'logTail' | 'loginItem' | 'quit' | 'updates' | 'env' | 'log' | 'siblings'
  >
  readonly settings: SettingsService
  readonly credential: UpstreamCredential
  readonly store: StorePort
  readonly rooms: Rooms
  readonly side: GatewaySide
  readonly lan: LanSide
  readonly pairings: Pairings
  readonly providers: ProviderSide
  readonly signInSide: SignInSide
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
    ...callerPorts(options, OWNER_AT_WINDOW),
  }
}

/** The operations that depend on who calls, apart from what their role may do. */
export function callerPorts(
  { rooms, signInSide }: Pick<CoreOptions, 'rooms' | 'signInSide'>,
  caller: Caller,
): Pick<ConsolePorts, 'me' | 'invitations'> {
  const [own, ownSessions] = [signInSide.me(caller), createOwnSessions(rooms.sessions, caller)]
  return {
    me: {
      ...own,
      ...ownSessions,
      async setPassword(...given) {
        const me = await own.setPassword(...given)
        // Whoever knew the old password may still be signed in.
        await ownSessions.endOtherSessions()
        return me
      },
    },
    invitations: signInSide.invitations(caller),
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

function shellPorts({ host, lan, events }: CoreOptions) {
  return {
    network: readOwnAddresses,
    lan: {
      state: () => lan.state(),
      certificate: () => lan.certificate(),
      replaceAuthority: () => lan.replaceAuthority(),
    },
    loginItem: createLoginItemSwitch({ item: host.loginItem, onChange: () => events.emit({ type: 'settings' }) }),
    quit: () => quitShell(host),
    update: createUpdateOperations({
      updates: host.updates,
      tell: (update) => events.emit({ type: 'update', update }),
    }),
    asset: createAssets(host.rendererDir),
  } satisfies Partial<ConsolePorts>
}

function upstreamPorts({ host, settings, credential, side, feed, now }: CoreOptions) {
  return {
    checkUpstream: () => side.watch.look(),
    credential: {
      status: () => credential.status(side.config().upstream),
      async change(secret) {
        const status = await credential.change(secret, side.config().upstream)
        host.siblings?.changed(settings.overriding())
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
    async limitQuestions() {
      await rooms.access.refreshLimitQuestions()
      return rooms.access.limitQuestions()
    },
    keyPlaces: (id) => readKeyPlaces(rooms, id),
    keysOfOrigin: (origin) => readKeysOfOrigin(rooms, origin),
    origins: access.origins,
    pairing: pairings,
  } satisfies Partial<ConsolePorts>
}

function recordPorts({ store, rooms, pairings, lan, providers, events, feed }: CoreOptions) {
  const { usage } = rooms
  const forgetting = new Forgetting({ rooms, store, pairings, forgetDevices: () => lan.forgetDevices() })
  return {
    usage: (query) => usage.report(query),
    exchanges: (query) => usage.page(query),
    exportExchanges: (filter) => usage.export(filter),
    async audit(limit, before) {
      const entries = await store.audit.list(limit, before)
      return entries.map((entry) => ({ ...entry, personName: rooms.people.find(entry.person ?? '')?.name ?? null }))
    },
    database: () => store.database(),
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
    people: createPeopleOperations(rooms, forgetting),
    async quotas() {
      await rooms.access.refreshAllowances()
      return rooms.people.list().map((person) => quotaOf(person, rooms.access))
    },
    providers: providers.ports,
    forget: (what) => forgetting.forget(what),
  } satisfies Partial<ConsolePorts>
}

function settingsPorts(options: CoreOptions) {
  const { settings, rooms, now } = options
  const { lan } = options
  const change = (patch: SettingsPatch, more: ChangeSteps) => changeSettings(options, patch, more)
  return {
    // Files that another computer had may be missing here. The state then says so, and all else is imported.
    setup: createSetupMove({
      rooms,
      settings: { stored: () => settings.stored(), change: (patch, alongside) => change(patch, { alongside }) },
      now,
    }),
    settings: {
      read: () => settings.read(),
      change: (patch) => change(patch, { check: (after, before) => lan.refuseUnusable(after, before) }),
    },
  } satisfies Partial<ConsolePorts>
}

/** Steps of a change of settings. If one of them rejects, nothing has changed. */
interface ChangeSteps {
  /** Before everything else. */
  readonly check?: Apply
  /** After everything else. */
  readonly alongside?: () => Promise<void>
}

async function changeSettings(
  { settings, side, lan, onSettingsChanged }: CoreOptions,
  patch: SettingsPatch,
  { check, alongside }: ChangeSteps,
): Promise<Settings> {
  const { listeners, watch } = side
  const before = settings.read()
  const after = await settings.change(patch, async (next, last) => {
    await check?.(next, last)
    await followWith({ side, lan }, [next, last], async () => {
      await alongside?.().catch(async (error: unknown) => {
        await listeners.follow(last, next)
        throw error
      })
    })
  })
  if (after !== before) onSettingsChanged(after)
  if (after.upstreamCertificate !== before.upstreamCertificate) void watch.lookAnew()
  return after
}

/** Reads the settings and the upstream's key again, because another process on the same port has changed them. */
export async function rereadSettings(
  { settings, credential, side, lan, onSettingsChanged }: CoreOptions,
  overriding: Partial<Settings>,
): Promise<void> {
  await credential.reread()
  const before = settings.read()
  const after = await settings.reread(overriding, (next, last) => followWith({ side, lan }, [next, last]))
  if (after !== before) onSettingsChanged(after)
  void side.watch.lookAnew()
}

/** Moves the listeners. If this rejects, they are where they were. */
async function followWith(
  { side: { listeners }, lan }: Pick<CoreOptions, 'side' | 'lan'>,
  [next, last]: readonly [Settings, Settings],
  alongside?: () => Promise<void>,
): Promise<void> {
  await lan.follow(next)
  try {
    await listeners.follow(next, last)
    await alongside?.()
  } catch (error) {
    await lan.follow(last)
    throw error
  }
}

/** Quits after the response is sent, because a console cannot read it from a closed connection. */
function quitShell({ quit }: CoreOptions['host']): void {
  if (quit === null) {
    throw new PersonError('quit_unavailable', 'The console cannot quit this Latchkey. Quit it where it was started.')
  }
  setImmediate(quit)
}
