import type { AccessRoom } from '../access/create-access.ts'
import type { Backups } from '../store/sqlite/file/backups.ts'
import type { Usage } from '../usage/create-usage.ts'
import type { Rooms } from './rooms.ts'
import { RoomsSwitch, type SwitchOptions } from './rooms-switch.ts'

/** The rooms as everybody else has them: one thing to hold on to, whatever file is under it. */
export interface LiveRooms extends Pick<Rooms, 'hasTraces' | 'forget' | 'notices' | 'close'> {
  readonly access: Omit<AccessRoom, 'flush' | 'close'>
  readonly usage: Omit<Usage, 'flush' | 'tokensSince' | 'start' | 'close'>
  readonly audit: Rooms['audit']
  readonly backups: Pick<Backups, 'create' | 'list' | 'removeAll'> & Pick<RoomsSwitch, 'restore'>
  /** Whether nobody may come in, because the file is being replaced or could not be opened again. */
  isShut(): boolean
  /** Begins to write usage, and to delete what is past its days. */
  start(): void
}

/** Opens the rooms. The caller holds the instance lock. */
export async function openLiveRooms(options: SwitchOptions): Promise<LiveRooms> {
  const live = await RoomsSwitch.open(options)
  return {
    access: accessOf(live),
    usage: usageOf(live),
    audit: {
      add: (entry) => live.ask(({ audit }) => audit.add(entry)),
      list: (limit, before) => live.ask(({ audit }) => audit.list(limit, before)),
      prune: (before) => live.ask(({ audit }) => audit.prune(before)),
    },
    backups: {
      create: (kind) => live.ask(({ backups }) => backups.create(kind)),
      list: () => live.ask(({ backups }) => backups.list()),
      removeAll: () => live.ask(({ backups }) => backups.removeAll()),
      restore: (name) => live.restore(name),
    },
    hasTraces: (whose) => live.ask((rooms) => rooms.hasTraces(whose)),
    forget: (whose) => live.ask((rooms) => rooms.forget(whose)),
    notices: () => live.notices(),
    isShut: () => live.isShut,
    start: () => live.start(),
    close: () => live.close(),
  }
}

/** What comes from memory is the room's own answer; what touches the file waits while that is being replaced. */
function accessOf(live: RoomsSwitch): LiveRooms['access'] {
  return {
    isBlocked: (origin) => live.rooms.access.isBlocked(origin),
    isDecided: (origin) => live.rooms.access.isDecided(origin),
    waitAfterGuess: (caller, secret) => live.rooms.access.waitAfterGuess(caller, secret),
    identify: (secret) => live.rooms.access.identify(secret),
    authorise: (key, about) => live.rooms.access.authorise(key, about),
    mayUseModel: (key, model) => live.rooms.access.mayUseModel(key, model),
    // A key that is asked about while its file is being replaced is asked about at its next use.
    askOnline: (key, wish) => void (live.isShut || live.rooms.access.askOnline(key, wish)),
    admit: (key) => live.rooms.access.admit(key),
    // New requests are told by the configuration that it is paused; this is for one whose body was being read.
    goOn: (key, lease, estimate) =>
      live.isShut ? { refused: 'gateway_paused' } : live.rooms.access.goOn(key, lease, estimate),
    countRefused: (key) => live.rooms.access.countRefused(key),
    onRevoked: (listener) => live.onRevoked(listener),
    keys: keysOf(live),
    origins: originsOf(live),
    adopt: (arrivals) => live.ask(({ access }) => access.adopt(arrivals)),
    noteUse: (keyId, origin, time, refused) => live.note(({ access }) => access.noteUse(keyId, origin, time, refused)),
    labelOf: (by, value) => live.rooms.access.labelOf(by, value),
    ownerOf: (keyId) => live.rooms.access.ownerOf(keyId),
    allowanceOf: (key) => live.rooms.access.allowanceOf(key),
    keyCount: () => live.rooms.access.keyCount(),
    pendingCount: () => live.rooms.access.pendingCount(),
    pendingOnlineCount: () => live.rooms.access.pendingOnlineCount(),
  }
}

function keysOf(live: RoomsSwitch): AccessRoom['keys'] {
  const ask = <T>(work: (keys: AccessRoom['keys']) => Promise<T>) => live.ask(({ access }) => work(access.keys))
  return {
    list: () => ask((keys) => keys.list()),
    deleted: () => ask((keys) => keys.deleted()),
    create: (key) => ask((keys) => keys.create(key)),
    update: (id, patch) => ask((keys) => keys.update(id, patch)),
    delete: (id) => ask((keys) => keys.delete(id)),
    restore: (id) => ask((keys) => keys.restore(id)),
    rotate: (id, graceMs) => ask((keys) => keys.rotate(id, graceMs)),
    forget: (id) => ask((keys) => keys.forget(id)),
    ids: () => live.rooms.access.keys.ids(),
    stored: () => live.rooms.access.keys.stored(),
  }
}

function originsOf(live: RoomsSwitch): AccessRoom['origins'] {
  const ask = <T>(work: (origins: AccessRoom['origins']) => Promise<T>) =>
    live.ask(({ access }) => work(access.origins))
  return {
    list: () => ask((origins) => origins.list()),
    decide: (origin, status) => ask((origins) => origins.decide(origin, status)),
    label: (origin, label) => ask((origins) => origins.label(origin, label)),
    forget: (origin) => ask((origins) => origins.forget(origin)),
  }
}

function usageOf(live: RoomsSwitch): LiveRooms['usage'] {
  return {
    record: (exchange) => live.note(({ usage }) => usage.record(exchange)),
    report: (query) => live.ask(({ usage }) => usage.report(query)),
    ownUsage: (query) => live.ask(({ usage }) => usage.ownUsage(query)),
    page: (query) => live.ask(({ usage }) => usage.page(query)),
    export: (filter) => live.ask(({ usage }) => usage.export(filter)),
    dropped: () => live.rooms.usage.dropped(),
  }
}
