import { randomBytes } from 'node:crypto'
import type { AppEvent } from '#shared/console-api/events.ts'
import { REMOVED_PERSON } from '#shared/people/person-id.ts'
import type { ForeignRows } from '#shared/records/foreign-rows.ts'
import { type Problem, problem } from '#shared/text/problem.ts'
import { AccessRoom } from '../access/access-room.ts'
import type { Host } from '../base/host.ts'
import { SpacedLook } from '../base/spaced-look.ts'
import { TimeZone } from '../base/time-zone.ts'
import { Credentials } from '../people/credentials/credentials.ts'
import { SealedFlows } from '../people/flows/sealed-flows.ts'
import { Invitations } from '../people/invitations/invitations.ts'
import { People } from '../people/people.ts'
import { Sessions } from '../people/sessions/sessions.ts'
import { hasWayIn, type WaysIn } from '../people/sign-in/ways-in.ts'
import type { SettingsService } from '../settings/settings.ts'
import { UsageRoom } from '../usage/usage-room.ts'
import { quotaOf } from './operations/quotas.ts'
import type { StoreChange, StorePort } from './store/store-port.ts'

/** The rooms that keep data in the store. */
export interface Rooms {
  readonly people: People
  readonly sessions: Sessions
  readonly credentials: Credentials
  readonly invitations: Invitations
  /** Of passkeys and providers. */
  readonly flows: SealedFlows
  readonly access: AccessRoom
  readonly usage: UsageRoom
  /** Problems of the rooms and the store that the person should know. */
  notices(): readonly Problem[]
  /** Writes pending data. Close the store afterwards. */
  close(): Promise<void>
}

export interface RoomsOptions {
  readonly host: Pick<Host, 'log'>
  readonly store: StorePort
  readonly settings: Pick<SettingsService, 'read'>
  readonly now: () => number
  readonly tell: (event: AppEvent) => void
  /** Where other devices open the console, such as `https://box.local:11501`; none while they cannot. */
  readonly consoleOrigins: () => readonly string[]
}

/** Opens the rooms that write to the store. They read it again after a backup was restored. */
export async function openRooms(options: RoomsOptions): Promise<Rooms> {
  const { host, store, now } = options
  const zone = new TimeZone({ now })
  const people = await openPeople(options, {
    narrowed: (personId) => access.revokePerson(personId),
    removed: (personId) => {
      credentials.dropPerson(personId)
      invitations.dropPerson(personId)
    },
    changed: () => {
      sessions.look()
      access.limitsChanged()
    },
  })
  const sessions = await openSessions(options, people, (personId) => credentials.of(personId))
  const credentials = await openCredentials(options, () => sessions.look())
  const invitations = await openInvitations(options, people)
  // No report is requested before the other room is open.
  const usage = openUsage(
    options,
    people,
    () => zone.name(),
    () => access,
  )
  const access: AccessRoom = await openAccess(options, people, usage, () => access)
  const flows = new SealedFlows({ flows: store.flows, now, randomBytes })
  const rooms = { people, sessions, credentials, invitations, flows, access, usage }
  store.changes(({ kind }) => followChange(kind, rooms))
  store.follow((rows) => followOthers(rows, rooms))
  return {
    ...rooms,
    notices: () => [...store.notices(), ...lossNotice(usage.dropped())],
    async close() {
      await usage.stop()
      await sessions.close()
      const closing = store.use(async () => {
        await people.settled()
        await credentials.settled()
        await invitations.settled()
        await access.close()
        await usage.close()
      })
      await closing.catch((err: unknown) => host.log.warn({ err }, 'could not write the last uses and exchanges'))
    },
  }
}

/** Persons first, because keys and sessions are judged by them. */
function followOthers(
  rows: ForeignRows,
  { people, sessions, credentials, invitations, access }: Omit<Rooms, 'notices' | 'close'>,
): void {
  people.follow(rows.persons)
  credentials.follow(rows.credentials)
  invitations.follow(rows.invitations)
  access.follow(rows)
  sessions.follow(rows.sessions, rows.used.sessions)
}

/** Access comes last: only then is it certain that the new rows stay, so that exchanges without rights may be ended. */
async function followChange(
  kind: StoreChange['kind'],
  { people, sessions, credentials, invitations, access, usage }: Omit<Rooms, 'notices' | 'close'>,
): Promise<void> {
  if (kind === 'replacing') {
    await access.beginReplacement()
    await usage.beginReplacement()
  }
  if (kind === 'replaced') {
    await usage.endReplacement()
    await people.reload()
    await sessions.rewrite()
    await credentials.reload()
    sessions.look()
    await invitations.reload()
    await access.endReplacement()
  }
}

function openPeople(
  { store, now, tell }: RoomsOptions,
  on: { narrowed: (personId: string) => void; removed: (personId: string) => void; changed: () => void },
): Promise<People> {
  return People.open({
    store: store.persons,
    use: (work) => store.use(work),
    now,
    randomBytes,
    onNarrowed: on.narrowed,
    onRemoved: on.removed,
    onChanged: () => {
      on.changed()
      tell({ type: 'people' })
    },
  })
}

function openSessions(
  { host: { log }, store, settings, now, tell }: RoomsOptions,
  people: People,
  waysOf: WaysIn['of'],
): Promise<Sessions> {
  return Sessions.open({
    store: store.sessions,
    tokens: store.tokens,
    use: (work) => store.use(work),
    personOf(id) {
      const person = people.find(id)
      return person && { role: person.role, isActive: person.state === 'active' }
    },
    hasWayIn: (personId, method) => hasWayIn(personId, method, { of: waysOf, settings: () => settings.read() }),
    now,
    randomBytes,
    log,
    onChanged: () => tell({ type: 'sessions' }),
  })
}

function openCredentials({ host: { log }, store, now, tell }: RoomsOptions, changed: () => void): Promise<Credentials> {
  return Credentials.open({
    store: store.credentials,
    use: (work) => store.use(work),
    now,
    randomBytes,
    log,
    onChanged: () => {
      changed()
      tell({ type: 'sessions' })
    },
  })
}

function openInvitations({ store, now, tell, consoleOrigins }: RoomsOptions, people: People): Promise<Invitations> {
  return Invitations.open({
    store: store.invitations,
    use: (work) => store.use(work),
    findPerson: (id) => people.find(id),
    now,
    randomBytes,
    origins: consoleOrigins,
    onChanged: () => tell({ type: 'invitations' }),
  })
}

function openUsage(
  { host: { log }, store, settings, now }: RoomsOptions,
  people: People,
  timeZone: () => string,
  access: () => AccessRoom,
): UsageRoom {
  return new UsageRoom({
    store: store.usage,
    use: (work) => store.use(work),
    now,
    log,
    timeZone,
    labelOf: (by, value) => (by === 'person' ? personName(people, value) : access().labelOf(by, value)),
    personOf: (keyId) => access().personOf(keyId),
    keysOfPerson: (personId) => access().keyIdsOf(personId),
    retentionDays: () => settings.read().retentionDays,
  })
}

function openAccess(
  { host: { log }, store, settings, now, tell }: RoomsOptions,
  people: People,
  usage: UsageRoom,
  access: () => AccessRoom,
): Promise<AccessRoom> {
  return AccessRoom.open({
    persons: people,
    keys: store.keys,
    origins: store.origins,
    arrivals: store.arrivals,
    shares: store.shares,
    limitQuestions: store.limitQuestions,
    look: lookAt(store),
    use: (work) => store.use(work),
    unknownOrigins: () => settings.read().unknownOrigins,
    tokensSince: (keyId, since) => usage.tokensSince(keyId, since),
    now,
    randomBytes,
    log,
    onKeysChanged: () => tell({ type: 'keys' }),
    onOriginsChanged: () => tell({ type: 'origins' }),
    onQuestion: (origin) => tell({ type: 'question', origin }),
    onOnlineQuestion: (key) => tell({ type: 'online-question', key }),
    onOtherAppQuestion: (key) => tell({ type: 'other-app-question', key }),
    onLimitQuestion: (key) => tell({ type: 'limit-question', key }),
    onQuotaWarning: (person) => tell({ type: 'quota-warning', quota: quotaOf(person, access()) }),
  })
}

/** The name of a person in reports. */
export function personName(people: Pick<People, 'find'>, id: string): string {
  return people.find(id)?.name ?? (id === REMOVED_PERSON ? 'Removed person' : id)
}

function lossNotice(dropped: number): Problem[] {
  if (dropped === 0) return []
  const sentence = 'Some usage could not be written and is missing from the sums. Check that the disk is not full.'
  return [problem('usage_dropped', sentence, {})]
}

/** Callers without a key cause these looks. */
function lookAt(store: StorePort): (() => Promise<void>) | undefined {
  const look = store.look?.bind(store)
  if (look === undefined) return undefined
  const spaced = new SpacedLook({ monotonic: () => performance.now(), look })
  return () => spaced.look()
}
