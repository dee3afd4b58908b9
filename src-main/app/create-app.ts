import { setTimeout as wait } from 'node:timers/promises'
import type { AppEvent } from '#shared/console-api/events.ts'
import type { StoredKey } from '#shared/keys/stored.ts'
import type { Host } from '../base/host.ts'
import { audited, BY_PAIRING, type ChangedBy } from '../console-api/audited.ts'
import { type Caller, OWNER_AT_COMMAND_LINE, OWNER_AT_TRAY } from '../console-api/caller.ts'
import { createConsole } from '../console-api/create-console.ts'
import type { ConsolePorts, OwnFacts } from '../console-api/ports.ts'
import { portsByRole } from '../console-api/roles/by-role.ts'
import { OtlpPush } from '../observability/otlp/otlp-push.ts'
import { type OtlpTarget, readOtlpTarget } from '../observability/otlp/otlp-target.ts'
import { PASSWORD_COST, PasswordHashes } from '../people/credentials/password-hash.ts'
import { besideMain } from '../settings/beside-main.ts'
import { readKeysFile } from '../settings/keys-file.ts'
import { PauseAlarm } from '../settings/pause.ts'
import { SettingsService } from '../settings/settings.ts'
import { upstreamUrl } from '../upstreams/address.ts'
import { UpstreamCredential } from '../upstreams/credential.ts'
import type { App } from './app.ts'
import { AppStateFeed } from './app-state.ts'
import { callerPorts, createCore, rereadSettings } from './core.ts'
import { Events } from './events.ts'
import { Lifecycle, type Parts } from './lifecycle.ts'
import { adoptFile } from './operations/arrivals.ts'
import { openRooms, type Rooms } from './rooms.ts'
import { ConsoleSide } from './sides/console-side.ts'
import { GatewaySide } from './sides/gateway-side.ts'
import { LanDiscovery } from './sides/lan-discovery.ts'
import { LanSide } from './sides/lan-side.ts'
import { createPairings } from './sides/pairing-side.ts'
import { createProviderSide, createSignIn } from './sides/provider-side.ts'
import { SiblingSide } from './sides/sibling-side.ts'
import { createSignInSide } from './sides/sign-in-side.ts'
import { catchUp } from './store/catch-up.ts'
import { openStore } from './store/open-store.ts'
import type { StorePort } from './store/store-port.ts'

const now = Date.now

/**
 * Joins the rooms of the core into an app, the same for both shells. Rejects with a PersonError (`already_running`,
 * `settings_damaged`, `store_too_new` ...), and then holds neither a lock nor an open file.
 */
export async function createApp(host: Host): Promise<App> {
  // Both files before the store, because a damaged one must not leave an empty database behind.
  const settings = new SettingsService({
    file: host.settingsFile,
    overrides: host.overrides,
    ...(host.siblings?.isMain === false ? { view: besideMain } : {}),
    checkUpstream: upstreamUrl,
  })
  const seeds = readKeysFile(host.env, now())
  const target = readOtlpTarget(host.env)
  const store = await openStore({ host, now, settings: () => settings.read() })
  try {
    return await assemble(host, { settings, seeds, target, store })
  } catch (error) {
    await store.close()
    throw error
  }
}

/** Opened or read before the rooms. */
interface Opened {
  readonly settings: SettingsService
  readonly seeds: readonly StoredKey[]
  readonly target: OtlpTarget | null
  readonly store: StorePort
}

/** Joins parts that need each other by functions, which are called only when all parts exist. */
async function assemble(host: Host, { settings, seeds, target, store }: Opened): Promise<App> {
  const events = new Events({ log: host.log })
  const announce = () => feed.announce()
  const tell = (event: AppEvent) => {
    events.emit(event)
    // Somebody can join or sign in from now on, or nobody can any more.
    if (event.type === 'people' || event.type === 'invitations') void consoleSide.look()
    announce()
  }
  const credential = await UpstreamCredential.open(host)
  // The gateway is paused while rows are replaced, and permanently if the store is lost.
  store.changes(async () => announce())
  const rooms = await openRooms({ host, store, settings, now, tell, consoleOrigins: () => consoleSide.origins() })
  const hashes = new PasswordHashes(PASSWORD_COST)
  const signInSide = createSignInSide({ host, store, settings, rooms, now, tell, wait, hashes })
  const pairings = createPairings({ host, settings, rooms, store, now, tell, core: () => recorded(core, BY_PAIRING) })
  const providers = createProviderSide({
    host,
    settings: () => settings.read(),
    consoleUrl: () => settings.read().consoleUrl ?? consoleSide.origins()[0] ?? null,
    rooms,
    newcomers: signInSide.newcomers,
    now,
  })
  const signIn = createSignIn(signInSide.signIn, providers)
  const discovery = new LanDiscovery({
    settings: () => settings.read(),
    listeners: () => side.listeners,
    consolePort: () => consoleSide.sharedPort,
    reach: () => lan.reach(),
    log: host.log,
    onChange: () => {
      // The certificate must have the new name.
      if (discovery.state().state === 'announced') void lan.look()
      events.emit({ type: 'lan' })
    },
  })
  const lan = new LanSide({
    host,
    settings: () => settings.read(),
    listeners: () => side.listeners,
    isOwnName: (name) => side.isOwnName(name),
    endUnencrypted: () => side.endUnencrypted(),
    discovery,
    now,
    onChange: () => events.emit({ type: 'lan' }),
  })
  const otlp = new OtlpPush({ target, version: host.version, log: host.log })
  const gateway = { host, settings, credential, store, rooms, pairings, providers, signInSide, events, otlp, lan, now }
  const side = new GatewaySide({ ...gateway, shared: store.figures ?? null, onUpstreamChange: announce })
  const feed = new AppStateFeed({
    host,
    settings,
    rooms,
    side,
    lan,
    pairings,
    sharedConsole: () => consoleSide.state(),
    emit: (event) => events.emit(event),
  })
  const alarm = new PauseAlarm({ now, onOver: announce })
  host.failures.onNoted(announce)
  const onSettingsChanged = ({ paused, pairing }: Pick<ReturnType<SettingsService['read']>, 'paused' | 'pairing'>) => {
    alarm.set(paused)
    if (!pairing) pairings.endAll()
    rooms.sessions.look()
    side.watch.wake()
    void lan.look().then(() => consoleSide.look())
    void discovery.look()
    tell({ type: 'settings' })
    if (host.siblings?.isMain === true) host.siblings.changed(settings.overriding())
  }
  const coreOptions = { ...gateway, side, feed, onSettingsChanged }
  const core = createCore(coreOptions)
  const siblings = new SiblingSide({
    metrics: side.metrics,
    reread: (overriding) => rereadSettings(coreOptions, overriding),
  })
  const recorded = (ports: ConsolePorts, by: ChangedBy) => auditedCore(ports, by, { host, store, rooms })
  const coreOf = (caller: Caller) => recorded({ ...core, ...callerPorts({ rooms, signInSide }, caller) }, caller)
  const consoleSide = new ConsoleSide({
    host,
    store,
    settings: () => settings.read(),
    sessions: rooms.sessions,
    signIn,
    handler: (request, caller) => app.console(request, caller),
    lan,
    isOwnName: (name) => side.isOwnName(name),
    announcedName: () => discovery.host(),
    hasOthers: () => signIn.options().isOn,
    now,
    onChange: () => {
      void discovery.look()
      announce()
    },
  })
  await seedKeys(seeds, rooms)
  const parts = {
    host,
    store,
    settings,
    events,
    otlp,
    rooms,
    side,
    lan,
    discovery,
    pairings,
    signIn,
    consoleSide,
    feed,
    alarm,
  }
  const app = { ...appOf(core, coreOf, parts), siblings }
  return app
}

/**
 * Adds the keys of a file that are not here yet, and the persons whom they name. A key that was changed, rotated or deleted here stays as it is, so that
 * a restart undoes nothing. Rejects with a PersonError; then no key was added, and the rooms are closed.
 */
async function seedKeys(seeds: readonly StoredKey[], rooms: Rooms): Promise<void> {
  const isNew = ({ secrets }: StoredKey) => !secrets.some(({ hash }) => rooms.access.keys.hasSecret(hash))
  try {
    const missing = seeds.filter(isNew)
    if (missing.length > 0) await adoptFile(rooms, { persons: [], keys: missing, origins: [] })
  } catch (error) {
    await rooms.close()
    throw error
  }
}

/** Wraps the core's operations, so that the audit trail says who made their changes. */
function auditedCore(
  core: ConsolePorts,
  by: ChangedBy,
  { host, store, rooms }: Pick<Parts, 'host' | 'store' | 'rooms'>,
) {
  return audited(core, {
    by,
    now,
    log: host.log,
    add: (entry) => store.audit.add(entry),
    labelOf: (kind, value) => rooms.access.labelOf(kind, value),
  })
}

function appOf(core: ConsolePorts, coreOf: (caller: Caller) => ConsolePorts, parts: Parts): Omit<App, 'siblings'> {
  const { host, rooms, store, consoleSide } = parts
  const facts = ownFacts(rooms)
  const lifecycle = new Lifecycle(parts)
  const console = createConsole(
    { pages: core, portsFor: (caller) => portsByRole(coreOf(caller), caller, facts) },
    host.log,
  )
  return {
    console,
    async commandLine(request) {
      await catchUp(store)
      return console(request, OWNER_AT_COMMAND_LINE)
    },
    core: coreOf(OWNER_AT_TRAY),
    openConsole: (opening) => consoleSide.open(opening),
    consoleLink: () => consoleSide.link(),
    signIn: parts.signIn,
    state: () => core.state(),
    subscribe: (listener) => core.subscribe(listener),
    start: () => lifecycle.start(),
    drain: () => parts.side.drain(),
    stop: (drainMs) => lifecycle.stop(drainMs),
  }
}

function ownFacts({ people, access }: Rooms): OwnFacts {
  return {
    person: (id) => people.find(id),
    keysOf: (personId) => access.keysOf(personId),
    personOf: (keyId) => access.personOf(keyId),
  }
}
