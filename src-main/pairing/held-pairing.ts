import type { PairingAsker } from '#shared/pairing/pairing.ts'
import type { PairingClient, StoredPairing } from '#shared/pairing/stored.ts'
import type { AppRequest, AskerFacts } from './ports.ts'

/** Who asks, before anything else is known. */
export interface Caller {
  /** Each slot may have one open request. */
  readonly slot: string
  /** The address of another device; null for this computer. */
  readonly device: string | null
}

/** A new request for a key. */
export interface NewPairing {
  /** Identifies the asker. Each slot may have one open request. */
  readonly slot: string
  readonly asker: PairingAsker
  /** The name of this computer; empty if no other gateway answers these apps. */
  readonly computer: string
  /** The key's name unless the person changes it. */
  readonly name: string
  /** Hash of the secret that only the app or its page has. */
  readonly holder: string
  readonly client: PairingClient
}

export type Approval = NonNullable<StoredPairing['approval']>

/** One request, as this gateway knows it. Its times are on the monotonic clock. */
export type Pairing = StoredPairing

/**
 * False for somebody on another device who continues a request of this computer, or the other way round. The address of
 * a device may change meanwhile, or its browser and its program use different ones.
 */
export function isSamePlace(
  { asker, computer }: Pairing,
  { device }: Pick<AppRequest, 'device'>,
  here: Pick<AskerFacts, 'computer'>,
): boolean {
  return device === null ? asker.device === null && computer === here.computer : asker.device !== null
}
