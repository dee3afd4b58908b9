import type { AppEvent } from '#shared/events.ts'
import type { Exchange } from '#shared/exchange.ts'
import type { IssuedKey, Key, KeyPatch, NewKey } from '#shared/key.ts'
import type { NetworkAddress } from '#shared/network.ts'
import type { OriginRecord } from '#shared/origin.ts'
import type { Settings, SettingsPatch } from '#shared/settings.ts'
import type { AppState, UpstreamState } from '#shared/state.ts'
import type { UpstreamCredentialStatus } from '#shared/upstream-credential.ts'
import type { Dimension, Period, UsageReport } from '#shared/usage.ts'

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
  keys: {
    list(): Promise<Key[]>
    create(key: NewKey): Promise<IssuedKey>
    update(id: string, patch: KeyPatch): Promise<Key | undefined>
    delete(id: string): Promise<Key | undefined>
    restore(id: string): Promise<Key | undefined>
    rotate(id: string, graceMs: number): Promise<IssuedKey | undefined>
  }
  origins: {
    list(): Promise<OriginRecord[]>
    /** Also for an origin never seen before. */
    decide(origin: string, status: 'allowed' | 'blocked'): Promise<OriginRecord>
    label(origin: string, label: string | null): Promise<OriginRecord | undefined>
    forget(origin: string): Promise<boolean>
  }
  usage(query: { period: Period; by: Dimension; timeZone?: string | undefined }): Promise<UsageReport>
  exchanges(limit: number): Promise<Exchange[]>
  settings: {
    read(): Settings
    change(patch: SettingsPatch): Promise<Settings>
  }
  /** Returns the call that ends the subscription. */
  subscribe(listener: (event: AppEvent) => void): () => void
  /** A file of the built renderer by its path (`/index.html`), or undefined. */
  asset(path: string): Promise<Asset | undefined>
}

export interface Asset {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly contentType: string
  /** Whether its name carries a hash of its content, so that it may be cached for ever. */
  readonly immutable: boolean
}

export interface ConsoleLog {
  error(details: object, message: string): void
}
