import type { PairingApproval, PairingAsker } from '#shared/pairing/pairing.ts'
import type { AppRequest } from './ports.ts'

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
  /** The key's name unless the person changes it. */
  readonly name: string
  /** Hash of the secret that only the app or its page has. */
  readonly holder: string
}

export interface Approval {
  readonly preset: PairingApproval['preset']
  readonly name: string
}

/** One request. Only PairingService changes it. */
export interface Pairing extends NewPairing {
  readonly id: string
  readonly code: string
  /** ms UTC. */
  readonly askedAt: number
  /** On the monotonic clock. */
  readonly endsAt: number
  /** `taken`: its key is being created. */
  readonly state: 'open' | 'declined' | 'approved' | 'taken'
  readonly approval: Approval | undefined
}

/**
 * False for somebody on another device who continues a request of this computer, or the other way round. The address of
 * a device may change meanwhile, or its browser and its program use different ones.
 */
export function isSamePlace({ asker }: Pairing, { device }: Pick<AppRequest, 'device'>): boolean {
  return (asker.device === null) === (device === null)
}
