import type { DatabaseState } from '#shared/console-api/database.ts'
import type { AppEvent } from '#shared/console-api/events.ts'
import type { AppState, UpstreamState } from '#shared/console-api/state.ts'
import type { TryChat, TryEvent } from '#shared/console-api/try-chat.ts'
import type { Exchange, ExchangeFilter } from '#shared/gateway/exchange.ts'
import type {
  Applied,
  ApplyRequest,
  HandoverPlan,
  HandoverState,
  PlanRequest,
  Undone,
  UndoRequest,
} from '#shared/handover/handover.ts'
import type { DeletedKey, IssuedKey, Key, KeyPatch, NewKey } from '#shared/keys/key.ts'
import type { KeyPlaces, KeyUse } from '#shared/keys/key-use.ts'
import type { LimitQuestion } from '#shared/keys/limit-question.ts'
import type { AuthorityCertificate, LanState } from '#shared/lan/lan.ts'
import type { OriginRecord } from '#shared/origins/origin.ts'
import type { PairingApproval, PairingChoice, PairingRequest } from '#shared/pairing/pairing.ts'
import type { Invitation, IssuedInvitation, NewInvitation, NewRecovery } from '#shared/people/invitation.ts'
import type { ListedPerson, NewPerson, Person, PersonPatch, PersonUsage } from '#shared/people/person.ts'
import type { Quota } from '#shared/people/quota.ts'
import type { Credential, Session } from '#shared/people/session.ts'
import type { Me, MePatch, ProviderState } from '#shared/people/sign-in.ts'
import type { AuditEntry } from '#shared/records/audit.ts'
import type { ArrivingSetup, Backup, Imported, Restored, Setup } from '#shared/records/backup.ts'
import type { Forget, Forgotten } from '#shared/records/forget.ts'
import type { LoginItemState } from '#shared/settings/login-item.ts'
import type { NetworkAddress } from '#shared/settings/network.ts'
import type { Settings, SettingsPatch } from '#shared/settings/settings.ts'
import type { UpdateState } from '#shared/settings/updates.ts'
import type { UpstreamCredentialStatus } from '#shared/upstreams/upstream-credential.ts'
import type { UsageQuery, UsageReport } from '#shared/usage/usage.ts'

/**
 * The operations of the core for the console. Operations on one key or origin resolve to undefined if it does not
 * exist. A problem that the person can fix is thrown as a `PersonError`.
 */
export interface ConsolePorts {
  state(): AppState
  checkUpstream(): Promise<UpstreamState>
  /** The upstream's own key. It can be set and removed but not read. */
  credential: {
    status(): UpstreamCredentialStatus
    change(credential: string | null): Promise<UpstreamCredentialStatus>
  }
  /** Text for a bug report, without secrets, sites and folders. */
  diagnostics(): string
  /** This computer's current network addresses. */
  network(): NetworkAddress[]
  /** How other devices connect. */
  lan: {
    state(): Promise<LanState>
    certificate(): Promise<AuthorityCertificate | undefined>
    /** Rejects with a PersonError if the new authority cannot be stored; then the old one stays. */
    replaceAuthority(): Promise<LanState>
  }
  /** The setting to start the shell when the person logs in. */
  loginItem: {
    state(): Promise<LoginItemState>
    /** Rejects with a PersonError if the shell cannot start at login. */
    change(on: boolean): Promise<LoginItemState>
  }
  /** Ends the program soon. Throws a PersonError if the shell does not allow that. */
  quit(): void
  /** Updates of the app. Each call resolves to the state after it; none rejects. */
  update: {
    state(): UpdateState
    look(): Promise<UpdateState>
    load(): Promise<UpdateState>
    cancel(): Promise<UpdateState>
    install(): Promise<UpdateState>
  }
  /**
   * A test chat through the gateway's own port; ends if `signal` aborts. Throws a PersonError if the gateway is not
   * running.
   */
  tryChat(ask: TryChat, signal: AbortSignal): AsyncIterable<TryEvent>
  people: {
    list(): Promise<ListedPerson[]>
    create(person: NewPerson): Promise<ListedPerson>
    change(id: string, patch: PersonPatch): Promise<ListedPerson | undefined>
    /** Removes the person and their keys. `usage` says whether their usage stays, without their name. */
    remove(id: string, usage: PersonUsage): Promise<Person | undefined>
    sessions(id: string): Promise<Session[] | undefined>
    /** Ends all sessions of the person, or one. False: there is no such person or session. */
    endSessions(id: string, session?: string): Promise<boolean>
  }
  /** What all keys of each person share, and what is left of it. The owner first. */
  quotas(): Promise<Quota[]>
  invitations: {
    /** Newest first. */
    list(): Promise<Invitation[]>
    create(invitation: NewInvitation): Promise<IssuedInvitation>
    /** For a person who is here already. Resolves to undefined if there is no such person. */
    recover(personId: string, recovery: NewRecovery): Promise<IssuedInvitation | undefined>
    revoke(id: string): Promise<Invitation | undefined>
  }
  /** Services at which people sign in. The settings have them; this is about their secrets and their state. */
  providers: {
    list(): Promise<ProviderState[]>
    setSecret(id: string, secret: string | null): Promise<ProviderState | undefined>
    /** Rejects with a PersonError that says why it cannot be used. */
    check(id: string): Promise<boolean>
  }
  /** What the person of the request does about themselves. Every call rejects with a PersonError. */
  me: {
    read(): Promise<Me>
    change(patch: MePatch): Promise<Me>
    setPassword(password: string, current: string | null): Promise<Me>
    passkeyOptions(): Promise<PasskeyOptions>
    addPasskey(passkey: NewPasskey): Promise<Credential>
    removeCredential(id: string): Promise<Me | undefined>
    sessions(): Promise<Session[]>
    endSession(id: string): Promise<boolean>
    endOtherSessions(): Promise<void>
    signOut(): Promise<void>
  }
  keys: {
    list(): Promise<Key[]>
    deleted(): Promise<DeletedKey[]>
    /** `via` only goes into the audit trail. */
    create(key: NewKey, via?: 'pairing'): Promise<IssuedKey>
    update(id: string, patch: KeyPatch): Promise<Key | undefined>
    delete(id: string): Promise<Key | undefined>
    restore(id: string): Promise<Key | undefined>
    rotate(id: string, graceMs: number): Promise<IssuedKey | undefined>
  }
  /** Connects apps by writing their configuration files. Each call rejects with a PersonError. */
  handover: {
    list(): Promise<HandoverState[]>
    plan(request: PlanRequest): Promise<HandoverPlan>
    apply(request: ApplyRequest): Promise<Applied>
    undo(request: UndoRequest): Promise<Undone>
  }
  /** Usage of every key that is not deleted. */
  keyUses(): Promise<KeyUse[]>
  /** Keys that have reached a limit, about which the person is asked. */
  limitQuestions(): Promise<LimitQuestion[]>
  /** The sites, programs and models that used a key. */
  keyPlaces(id: string): Promise<KeyPlaces | undefined>
  /** Ids of the keys that an origin used, most recent first. */
  keysOfOrigin(origin: string): Promise<string[]>
  origins: {
    list(): Promise<OriginRecord[]>
    /** Also accepts an origin that never sent a request. */
    decide(origin: string, status: 'allowed' | 'blocked'): Promise<OriginRecord>
    label(origin: string, label: string | null): Promise<OriginRecord | undefined>
    forget(origin: string): Promise<boolean>
  }
  /** Apps that ask for a key. An answer rejects with a PersonError if the request has ended or has another code. */
  pairing: {
    list(): PairingRequest[]
    approve(approval: PairingApproval): Promise<void>
    decline(choice: PairingChoice): Promise<void>
  }
  usage(query: UsageQuery): Promise<UsageReport>
  /** Newest first. */
  exchanges(query: ExchangePage): Promise<Exchange[]>
  /** Oldest first, in batches as they are read. */
  exportExchanges(filter: ExchangeFilter): Promise<{ count: number; batches: AsyncIterable<readonly Exchange[]> }>
  /** Newest first; `before` is the id of the last entry of the page before. */
  audit(limit: number, before: number | undefined): Promise<AuditEntry[]>
  /** Resolves to null if the data is in a file on this computer. */
  database(): Promise<DatabaseState | null>
  backups: {
    /** Newest first. */
    list(): Promise<Backup[]>
    create(): Promise<Backup>
    /** Takes effect at once. Resolves to undefined for an unknown backup. */
    restore(name: string): Promise<Restored | undefined>
  }
  setup: {
    read(): Promise<Setup>
    adopt(setup: ArrivingSetup): Promise<Imported>
  }
  /** Deletes permanently. */
  forget(what: Forget): Promise<Forgotten>
  settings: {
    read(): Settings
    change(patch: SettingsPatch): Promise<Settings>
  }
  /** Returns a function that removes the listener. */
  subscribe(listener: (event: AppEvent) => void): () => void
  /** A file of the built renderer by its path (`/index.html`), or undefined. */
  asset(path: string): Promise<Asset | undefined>
}

/** What belongs to whom, from memory. */
export interface OwnFacts {
  /** undefined if there is no such person. */
  person(id: string): Person | undefined
  /** The keys that a person uses now, deleted ones included. */
  keysOf(personId: string): readonly { readonly key: Key; readonly deleted: boolean }[]
  /** The person who uses a key now, also a deleted one; empty for an unknown key. */
  personOf(keyId: string): string
}

export interface ExchangePage extends ExchangeFilter {
  readonly limit: number
  /** The last exchange of the previous page. */
  readonly before?: { readonly time: number; readonly id: string } | undefined
}

export interface Asset {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly contentType: string
  /** True if its name contains a hash of its content, so that it can be cached forever. */
  readonly immutable: boolean
}

/** What the browser needs to make or use a passkey; `flow` names the attempt. */
export interface PasskeyOptions {
  readonly flow: string
  readonly options: Record<string, unknown>
}

export interface NewPasskey {
  readonly flow: string
  readonly passkey: Record<string, unknown>
  readonly name: string
}
