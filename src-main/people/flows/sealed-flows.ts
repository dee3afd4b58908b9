import type { z } from 'zod'
import type { FlowStore } from '../ports.ts'

export interface SealedFlowsOptions {
  /** null: flows end where they begin, and need not survive this process. */
  readonly flows: FlowStore | null
  readonly now: () => number
  readonly randomBytes: (length: number) => Uint8Array
}

/** One kind of flow. `open` refuses a flow that was sealed for another purpose. */
export interface FlowKind<T> {
  readonly purpose: string
  readonly data: z.ZodType<T>
  readonly lifetimeMs: number
}

export interface OpenFlow<T> {
  readonly data: T
  /** Resolves to true once, whatever gateway is asked. */
  use(): Promise<boolean>
}

/** A key seals the flows of a day, and opens them for some time more. */
const PERIOD_MS = 86_400_000
const KEY_BYTES = 32
const ID_BYTES = 16
const ALGORITHM = 'dir'
const ENCRYPTION = 'A256GCM'
const LONGEST = 4000

/** Loaded at the first use, because few starts need it. */
const jose = () => import('jose')

/**
 * Things that people begin and finish with two requests, such as a sign-in at a provider. What the second one needs is given to the
 * browser, encrypted (a JWE), so any gateway that has the key can finish what another began, and whoever begins a thousand fills
 * nobody's memory.
 */
export class SealedFlows {
  readonly #options: SealedFlowsOptions
  readonly #store: FlowStore
  /** By period. */
  readonly #keys = new Map<number, Promise<Uint8Array>>()

  constructor(options: SealedFlowsOptions) {
    this.#options = options
    this.#store = options.flows ?? new OwnFlows(options)
  }

  async seal<T extends object>({ purpose, lifetimeMs }: FlowKind<T>, data: T): Promise<string> {
    const { now, randomBytes } = this.#options
    const { EncryptJWT } = await jose()
    const period = this.#period()
    return new EncryptJWT({ data })
      .setProtectedHeader({ alg: ALGORITHM, enc: ENCRYPTION, kid: String(period) })
      .setAudience(purpose)
      .setJti(Buffer.from(randomBytes(ID_BYTES)).toString('base64url'))
      .setExpirationTime(new Date(now() + lifetimeMs))
      .encrypt(await this.#key(period))
  }

  /** Resolves to undefined for anything that was not sealed here for this purpose, or that is over. */
  async open<T>({ purpose, data: schema }: FlowKind<T>, sealed: string): Promise<OpenFlow<T> | undefined> {
    const period = sealed.length > LONGEST ? undefined : await this.#periodOf(sealed)
    if (period === undefined) return undefined
    const payload = await decrypted(sealed, await this.#key(period), { purpose, now: this.#options.now() })
    const data = schema.safeParse(payload?.['data']).data
    const { jti, exp } = payload ?? {}
    if (data === undefined || jti === undefined || exp === undefined) return undefined
    return { data, use: () => this.#store.use(jti, exp * 1000) }
  }

  /** Only periods of about now: a stranger must not make the store keep keys of others. The clocks of gateways differ a little. */
  async #periodOf(sealed: string): Promise<number | undefined> {
    const { decodeProtectedHeader } = await jose()
    try {
      const period = Number(decodeProtectedHeader(sealed)['kid'])
      return Math.abs(period - this.#period()) <= 1 ? period : undefined
    } catch {
      return undefined
    }
  }

  #period(): number {
    return Math.floor(this.#options.now() / PERIOD_MS)
  }

  #key(period: number): Promise<Uint8Array> {
    const known = this.#keys.get(period)
    if (known !== undefined) return known
    const asked = this.#store.key(period, this.#options.randomBytes(KEY_BYTES))
    for (const other of this.#keys.keys()) if (Math.abs(other - period) > 1) this.#keys.delete(other)
    this.#keys.set(period, asked)
    // The next flow asks again.
    asked.catch(() => this.#keys.delete(period))
    return asked
  }
}

async function decrypted(sealed: string, key: Uint8Array, { purpose, now }: { purpose: string; now: number }) {
  const { jwtDecrypt } = await jose()
  try {
    const { payload } = await jwtDecrypt(sealed, key, {
      audience: purpose,
      currentDate: new Date(now),
      keyManagementAlgorithms: [ALGORITHM],
      contentEncryptionAlgorithms: [ENCRYPTION],
      requiredClaims: ['exp', 'jti'],
    })
    return payload
  } catch {
    return undefined
  }
}

/** For a process that shares its flows with no other. */
class OwnFlows implements FlowStore {
  readonly #now: () => number
  /** When they end (ms UTC), by id. */
  readonly #used = new Map<string, number>()

  constructor({ now }: Pick<SealedFlowsOptions, 'now'>) {
    this.#now = now
  }

  key(_period: number, made: Uint8Array): Promise<Uint8Array> {
    return Promise.resolve(made)
  }

  use(id: string, until: number): Promise<boolean> {
    const now = this.#now()
    for (const [other, end] of this.#used) if (end <= now) this.#used.delete(other)
    const isFirst = !this.#used.has(id)
    this.#used.set(id, until)
    return Promise.resolve(isFirst)
  }
}
