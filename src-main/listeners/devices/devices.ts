import { z } from 'zod'
import { SECRET_PREFIX } from '#shared/keys/secret.ts'
import { type LanDevice, type LanFailure, lanFailureSchema } from '#shared/lan/lan.ts'

const time = z.number().int()
const LONGEST_USER_AGENT = 200
/** A key that a careless program put there. */
const SECRET = new RegExp(`${SECRET_PREFIX}\\w*`, 'gi')

/** A device as it is stored. */
export const storedDeviceSchema = z.object({
  address: z.string().max(64),
  userAgent: z.string().max(LONGEST_USER_AGENT).nullable(),
  firstSeenAt: time,
  lastSecureAt: time.nullable(),
  lastFailure: z.object({ at: time, reason: lanFailureSchema }).nullable(),
  /** The fingerprint of the authority of its last secure connection; null for the person's own certificate. */
  authority: z.string().max(128).nullable(),
})
export type StoredDevice = z.infer<typeof storedDeviceSchema>

export const MOST_DEVICES = 200
/** A use is noted once in this time, so that a busy device causes no writing. */
const USE_NOTED_EVERY_MS = 60_000

export interface DevicesOptions {
  /** Oldest first, as `stored` gave them. */
  readonly stored: readonly StoredDevice[]
  readonly now: () => number
  /** Called when something is different. */
  readonly onChange: () => void
}

/** The devices that have connected, by address: at most 200. The one that was seen longest ago makes room. */
export class Devices {
  readonly #options: DevicesOptions
  /** Last seen last. */
  readonly #all = new Map<string, StoredDevice>()
  /** The authority of the last handshake of each address, until its first request. */
  readonly #shaken = new Map<string, string | null>()

  constructor(options: DevicesOptions) {
    this.#options = options
    for (const device of options.stored) this.#all.set(device.address, device)
  }

  /** The handshake is done; the device may still refuse the certificate. */
  secured(address: string, authority: string | null): void {
    this.#shaken.delete(address)
    this.#shaken.set(address, authority)
    if (this.#shaken.size > MOST_DEVICES) this.#shaken.delete(this.#shaken.keys().next().value as string)
  }

  /** A request over TLS: the device accepted the certificate. `userAgent`: the header. */
  used(address: string, userAgent: string | undefined): void {
    const now = this.#options.now()
    const known = this.#all.get(address)
    const authority = this.#shaken.get(address) ?? known?.authority ?? null
    const agent = agentOf(userAgent) ?? known?.userAgent ?? null
    const isFresh = known?.lastSecureAt != null && Math.abs(now - known.lastSecureAt) < USE_NOTED_EVERY_MS
    if (isFresh && known.authority === authority && known.userAgent === agent) return
    this.#put(address, { lastSecureAt: now, userAgent: agent, authority })
  }

  /** Browsers close spare connections unused, which says nothing about a device that has come in before. */
  failed(address: string, reason: LanFailure): void {
    if (reason === 'aborted' && this.#all.get(address)?.lastSecureAt != null) return
    this.#put(address, { lastFailure: { at: this.#options.now(), reason } })
  }

  /** A request without TLS, which tells what the device is. */
  named(address: string, userAgent: string | undefined): void {
    const agent = agentOf(userAgent)
    if (agent !== null && this.#all.get(address)?.userAgent !== agent) this.#put(address, { userAgent: agent })
  }

  /** Most recent first. `authority`: the fingerprint of the current one; undefined if there is none. */
  list(authority: string | undefined): LanDevice[] {
    const shown = ({ authority: used, ...device }: StoredDevice): LanDevice => ({
      ...device,
      usedOldAuthority: used !== null && authority !== undefined && used !== authority,
    })
    return [...this.#all.values()].reverse().map(shown)
  }

  /** Oldest first. */
  stored(): StoredDevice[] {
    return [...this.#all.values()]
  }

  forgetAll(): void {
    this.#all.clear()
    this.#shaken.clear()
    this.#options.onChange()
  }

  #put(address: string, change: Partial<StoredDevice>): void {
    const known = this.#all.get(address) ?? newDevice(address, this.#options.now())
    this.#all.delete(address)
    if (this.#all.size >= MOST_DEVICES) this.#makeRoom()
    this.#all.set(address, { ...known, ...change })
    this.#options.onChange()
  }

  /** Attempts from many addresses must not push out the devices that are in use. */
  #makeRoom(): void {
    const [oldest] = this.#all.values()
    const victim = [...this.#all.values()].find(({ lastSecureAt }) => lastSecureAt === null) ?? oldest
    if (victim !== undefined) this.#all.delete(victim.address)
  }
}

function newDevice(address: string, now: number): StoredDevice {
  return { address, userAgent: null, firstSeenAt: now, lastSecureAt: null, lastFailure: null, authority: null }
}

function agentOf(header: string | undefined): string | null {
  return header === undefined || header === '' ? null : header.replace(SECRET, '').slice(0, LONGEST_USER_AGENT)
}
