import type { AppEvent } from '#shared/console-api/events.ts'
import { type NewKey, newKeySchema } from '#shared/keys/key.ts'
import { PRESETS } from '#shared/keys/presets.ts'
import type { NewInvitation } from '#shared/people/invitation.ts'
import { isWaiting, type Person } from '#shared/people/person.ts'
import type { Host } from '../../base/host.ts'
import { isNearAddress } from '../../base/near-address.ts'
import type { Caller } from '../../console-api/caller.ts'
import type { ConsolePorts } from '../../console-api/ports.ts'
import type { SignIn } from '../../console-server/ports.ts'
import { Passkeys } from '../../people/credentials/passkeys.ts'
import type { PasswordHashes } from '../../people/credentials/password-hash.ts'
import { needsLocalSignIn } from '../../people/invitations/recovery-error.ts'
import type { Joining } from '../../people/ports.ts'
import { save } from '../../people/save.ts'
import { AccountRecovery, type AccountRecoveryOptions } from '../../people/sign-in/account-recovery.ts'
import { LocalSignIn } from '../../people/sign-in/local-sign-in.ts'
import { Newcomers } from '../../people/sign-in/newcomers.ts'
import { OwnAccounts, type OwnCaller } from '../../people/sign-in/own-account.ts'
import type { Visitor } from '../../people/sign-in/ports.ts'
import type { SettingsService } from '../../settings/settings.ts'
import type { Rooms } from '../rooms.ts'
import type { StorePort } from '../store/store-port.ts'

export interface SignInSideOptions {
  readonly host: Pick<Host, 'log'>
  readonly store: Pick<StorePort, 'joinings' | 'audit'>
  readonly settings: Pick<SettingsService, 'read'>
  readonly rooms: Pick<Rooms, 'people' | 'sessions' | 'credentials' | 'invitations' | 'access' | 'flows'>
  readonly now: () => number
  readonly tell: (event: AppEvent) => void
  readonly wait: (ms: number) => Promise<void>
  readonly hashes: PasswordHashes
}

type OwnPorts = Omit<ConsolePorts['me'], 'sessions' | 'endSession' | 'endOtherSessions' | 'signOut'>

/** How people join, sign in and look after their ways in. */
export interface SignInSide {
  readonly signIn: Omit<SignIn, 'beginProvider' | 'finishProvider'>
  readonly newcomers: Newcomers
  /** What this caller may do about themselves. */
  me(caller: Caller): OwnPorts
  /** Invitations that this caller makes. */
  invitations(caller: Pick<Caller, 'personId'>): ConsolePorts['invitations']
}

export function createSignInSide(options: SignInSideOptions): SignInSide {
  const { settings, rooms, now, wait, hashes } = options
  const { people, credentials, invitations } = rooms
  const newcomers = createNewcomers(options)
  const shared = {
    people,
    credentials,
    hashes,
    passkeys: new Passkeys({ credentials, flows: rooms.flows }),
    settings: () => settings.read(),
    now,
  }
  const accounts = new OwnAccounts(shared)
  return {
    signIn: new LocalSignIn({
      ...shared,
      invitations,
      newcomers,
      recovery: createRecovery(options, shared),
      monotonic: () => performance.now(),
      wait,
    }),
    newcomers,
    me: (caller) => ownPorts(accounts, caller, () => rooms.sessions.endAll(caller.personId, caller.sessionId)),
    invitations: ({ personId }) => ({
      list: async () => invitations.list(),
      create: (invitation) => invitations.create(invitation, personId),
      async recover(id, recovery) {
        if (!settings.read().localSignIn) throw needsLocalSignIn()
        return invitations.recover(id, recovery, personId)
      },
      revoke: (id) => invitations.revoke(id),
    }),
  }
}

/** A person who gets in again is signed out everywhere else. */
function createRecovery(
  options: SignInSideOptions,
  shared: Pick<AccountRecoveryOptions, 'hashes' | 'passkeys'>,
): AccountRecovery {
  const { store, rooms } = options
  return new AccountRecovery({
    ...shared,
    people: rooms.people,
    credentials: rooms.credentials,
    invitations: rooms.invitations,
    write: (recovery) => save(store.joinings.recover(recovery), 'unchanged'),
    endSessions: (personId) => rooms.sessions.endAll(personId),
    onRecovered: (person, visitor) => noteArrival(options, 'person.recover', person, visitor),
  })
}

function createNewcomers(options: SignInSideOptions): Newcomers {
  const { store, settings, rooms, now, tell } = options
  const { people, credentials, invitations, access } = rooms
  return new Newcomers({
    people,
    credentials,
    invitations,
    write: (joining, written) => writeJoining(joining, written, { store, access }),
    guestKey: (person, preset) => access.keys.draft(guestKey(person, preset)),
    registration: () => settings.read().registration,
    isNear: isNearAddress,
    now,
    onJoined(person, visitor) {
      noteArrival(options, 'person.join', person, visitor)
      if (isWaiting(person)) tell({ type: 'join-question', person })
    },
  })
}

/** Writes to the audit trail what somebody did who was not signed in before. */
function noteArrival(
  { host, store, now }: Pick<SignInSideOptions, 'host' | 'store' | 'now'>,
  action: 'person.join' | 'person.recover',
  { id, name }: Person,
  visitor: Visitor | null,
): void {
  const entry = { time: now(), actor: 'console', action, subject: id, label: name, person: id } as const
  store.audit.add({ ...entry, address: visitor?.address ?? null, fields: [] }).catch((err: unknown) => {
    host.log.warn({ err, action }, 'could not write to the audit trail who came in')
  })
}

/** Access takes in the keys with the same transaction that writes the person. */
async function writeJoining(
  joining: Joining,
  written: () => void,
  { store, access }: { store: Pick<StorePort, 'joinings'>; access: Pick<Rooms['access'], 'adopt'> },
): Promise<void> {
  const { person, keys } = joining
  await access.adopt({ persons: [person], keys, origins: [] }, async (arrivals) => {
    await store.joinings.insert({ ...joining, keys: arrivals.keys })
    written()
  })
}

/** A guest gets a secret by rotating the key. Its limits are those of the person, and an operator is asked before it goes online. */
function guestKey({ id, name }: Person, preset: NewInvitation['preset']): NewKey {
  return newKeySchema.parse({ name, scopes: [...PRESETS[preset]], person: id })
}

/** A person who replaces or removes a way in is signed out everywhere else, because somebody else may have come in by it. */
function ownPorts(accounts: OwnAccounts, { personId, via, origin }: Caller, endOthers: () => Promise<void>): OwnPorts {
  const caller: OwnCaller = { personId, via: via === 'command line' ? 'window' : via, origin }
  return {
    read: async () => accounts.read(caller),
    change: (patch) => accounts.change(caller, patch),
    async setPassword(password, current) {
      const { me, isReplaced } = await accounts.setPassword(caller, password, current)
      if (isReplaced) await endOthers()
      return me
    },
    passkeyOptions: () => accounts.passkeyOptions(caller),
    addPasskey: (passkey) => accounts.addPasskey(caller, passkey),
    async removeCredential(id) {
      const me = await accounts.removeCredential(caller, id)
      if (me !== undefined) await endOthers()
      return me
    },
  }
}
