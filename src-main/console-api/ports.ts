import type { AppEvent } from '#shared/console-api/events.ts'
import type { AppState, UpstreamState } from '#shared/console-api/state.ts'
import type { TryChat, TryEvent } from '#shared/console-api/try-chat.ts'
import type { Exchange, ExchangeFilter } from '#shared/gateway/exchange.ts'
import type { DeletedKey, IssuedKey, Key, KeyPatch, NewKey } from '#shared/keys/key.ts'
import type { KeyUse } from '#shared/keys/key-use.ts'
import type { OriginRecord } from '#shared/origins/origin.ts'
import type { AuditEntry } from '#shared/records/audit.ts'
import type { Backup, Imported, Restored, Setup } from '#shared/records/backup.ts'
import type { Forget, Forgotten } from '#shared/records/forget.ts'
import type { LoginItemState } from '#shared/settings/login-item.ts'
import type { NetworkAddress } from '#shared/settings/network.ts'
import type { Settings, SettingsPatch } from '#shared/settings/settings.ts'
import type { UpdateState } from '#shared/settings/updates.ts'
import type { UpstreamCredentialStatus } from '#shared/upstreams/upstream-credential.ts'
import type { UsageQuery, UsageReport } from '#shared/usage/usage.ts'

/**
 * What the console can ask of the core. Operations on one key or origin resolve to undefined when it does not exist;
 * what the person can mend is thrown as a `PersonError`.
 */
export interface ConsolePorts {
  state(): AppState
  checkUpstream(): Promise<UpstreamState>
  /** The upstream's own key: it can be set and taken away, and never be read back. */
  credential: {
    status(): UpstreamCredentialStatus
    change(credential: string | null): Promise<UpstreamCredentialStatus>
  }
  /** A text for a report, with no secret, site or folder in it. */
  diagnostics(): string
  /** This computer's addresses in its networks, as they are now. */
  network(): NetworkAddress[]
  /** Whether the shell starts when the person logs in. */
  loginItem: {
    state(): LoginItemState
    /** Rejects with a PersonError where the shell cannot arrange it. */
    change(on: boolean): Promise<LoginItemState>
  }
  /** Ends the program, soon. Throws a PersonError where the shell does not let the console do that. */
  quit(): void
  /** A newer version of the app: each call resolves to what is known then. None of them rejects. */
  update: {
    state(): UpdateState
    look(): Promise<UpdateState>
    load(): UpdateState
    cancel(): UpdateState
    install(): Promise<UpdateState>
  }
  /** A test chat over the gateway's own port; ends when `signal` aborts. Throws a PersonError when there is no gateway. */
  tryChat(ask: TryChat, signal: AbortSignal): AsyncIterable<TryEvent>
  keys: {
    list(): Promise<Key[]>
    deleted(): Promise<DeletedKey[]>
    /** `via` only tells the audit trail how the person came to it. */
    create(key: NewKey, via?: 'pairing'): Promise<IssuedKey>
    update(id: string, patch: KeyPatch): Promise<Key | undefined>
    delete(id: string): Promise<Key | undefined>
    restore(id: string): Promise<Key | undefined>
    rotate(id: string, graceMs: number): Promise<IssuedKey | undefined>
  }
  /** Of every key that is not deleted. */
  keyUses(): Promise<KeyUse[]>
  /** The ids of the keys that an origin has used lately, the latest first. */
  keysOfOrigin(origin: string): Promise<string[]>
  origins: {
    list(): Promise<OriginRecord[]>
    /** Also for an origin never seen before. */
    decide(origin: string, status: 'allowed' | 'blocked'): Promise<OriginRecord>
    label(origin: string, label: string | null): Promise<OriginRecord | undefined>
    forget(origin: string): Promise<boolean>
  }
  usage(query: UsageQuery): Promise<UsageReport>
  /** Newest first. */
  exchanges(query: ExchangePage): Promise<Exchange[]>
  /** Oldest first, in batches as they are read. */
  exportExchanges(filter: ExchangeFilter): Promise<{ count: number; batches: AsyncIterable<readonly Exchange[]> }>
  /** Newest first; `before` is the id of the last entry of the page before. */
  audit(limit: number, before: number | undefined): Promise<AuditEntry[]>
  backups: {
    /** Newest first. */
    list(): Promise<Backup[]>
    create(): Promise<Backup>
    /** Takes effect at once. Resolves to undefined for a backup that is not there. */
    restore(name: string): Promise<Restored | undefined>
  }
  setup: {
    read(): Promise<Setup>
    adopt(setup: Setup): Promise<Imported>
  }
  /** Deletes for good. */
  forget(what: Forget): Promise<Forgotten>
  settings: {
    read(): Settings
    change(patch: SettingsPatch): Promise<Settings>
  }
  /** Returns the call that ends the subscription. */
  subscribe(listener: (event: AppEvent) => void): () => void
  /** A file of the built renderer by its path (`/index.html`), or undefined. */
  asset(path: string): Promise<Asset | undefined>
}

export interface ExchangePage extends ExchangeFilter {
  readonly limit: number
  /** The last exchange of the page before. */
  readonly before?: { readonly time: number; readonly id: string } | undefined
}

export interface Asset {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly contentType: string
  /** Whether its name carries a hash of its content, so that it may be cached for ever. */
  readonly immutable: boolean
}
