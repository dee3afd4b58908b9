import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { Sequencer } from '../../base/sequencer.ts'
import { signInBusy } from '../sign-in/sign-in-error.ts'

/**
 * OWASP's parameters for scrypt with 32 MiB, which small home servers can spare:
 * https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#scrypt
 * Node's own Argon2 is missing in Electron, whose BoringSSL does not have it.
 */
export const PASSWORD_COST = { ln: 15, r: 8, p: 3 } as const
/** What a stored hash may ask for. A damaged row must not take the computer's memory. */
const MOST = { ln: 17, r: 16, p: 8 } as const
const SALT_BYTES = 16
const HASH_BYTES = 32
const MOST_WAITING = 20

const SHAPE = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/

/** The parameters of scrypt; `ln` is the binary logarithm of N. */
interface Cost {
  readonly ln: number
  readonly r: number
  readonly p: number
}

interface Parsed {
  readonly cost: Cost
  readonly salt: Buffer
  readonly hash: Buffer
}

/**
 * Hashes passwords with a memory-hard function, one at a time, so that many attempts at once take neither the memory nor
 * the cores. Rejects with a PersonError `sign_in_busy` if too many wait.
 */
export class PasswordHashes {
  readonly #cost: Cost
  readonly #sequencer = new Sequencer()
  #waiting = 0

  /** `cost` is that of new hashes. */
  constructor(cost: Cost) {
    this.#cost = cost
  }

  /** The hash in the format of PHC strings: `$scrypt$ln=15,r=8,p=3$<salt>$<hash>`. */
  async create(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES)
    const { ln, r, p } = this.#cost
    const hash = await this.#hash(password, { cost: this.#cost, salt })
    return `$scrypt$ln=${ln},r=${r},p=${p}$${unpadded(salt)}$${unpadded(hash)}`
  }

  /** undefined, and a text that is no hash, take as long as a hash and never match. */
  async matches(stored: string | undefined, password: string): Promise<boolean> {
    const parsed = parse(stored ?? '')
    const hash = await this.#hash(password, parsed ?? { cost: this.#cost, salt: randomBytes(SALT_BYTES) })
    return parsed !== undefined && timingSafeEqual(hash, parsed.hash)
  }

  async #hash(password: string, { cost, salt }: Pick<Parsed, 'cost' | 'salt'>): Promise<Buffer> {
    if (this.#waiting >= MOST_WAITING) throw signInBusy()
    this.#waiting += 1
    try {
      return await this.#sequencer.queue(() => derive(normalized(password), salt, cost))
    } finally {
      this.#waiting -= 1
    }
  }
}

/** One spelling for characters that keyboards send in several. */
export function normalized(password: string): string {
  return password.normalize('NFKC')
}

function derive(password: string, salt: Buffer, { ln, r, p }: Cost): Promise<Buffer> {
  const N = 2 ** ln
  const options: ScryptOptions = { N, r, p, maxmem: 256 * N * r }
  return new Promise((resolve, reject) => {
    scrypt(password, salt, HASH_BYTES, options, (error, hash) => (error === null ? resolve(hash) : reject(error)))
  })
}

function parse(stored: string): Parsed | undefined {
  const [, ln, r, p, salt = '', hash = ''] = SHAPE.exec(stored) ?? []
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) }
  const isAffordable = cost.ln >= 1 && cost.ln <= MOST.ln && cost.r >= 1 && cost.r <= MOST.r && cost.p >= 1
  if (!isAffordable || cost.p > MOST.p) return undefined
  return { cost, salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') }
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
