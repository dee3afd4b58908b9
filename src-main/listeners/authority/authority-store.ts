import { createPrivateKey, X509Certificate } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Problem } from '#shared/text/problem.ts'
import type { SecretVault } from '../../base/host.ts'
import type { Log } from '../../base/log.ts'
import { makePrivate, replacePrivateFile } from '../../base/private-files.ts'
import { errorOf, LAN_PROBLEMS } from '../lan-problems.ts'

const storedSchema = z.object({
  /** Both in PEM. */
  certificate: z.string(),
  key: z.string(),
})
export type StoredAuthority = z.infer<typeof storedSchema>

export interface AuthorityStoreOptions {
  readonly vault: SecretVault
  /** The existing folder for the certificate's copy. */
  readonly folder: string
  readonly log: Pick<Log, 'warn'>
}

/**
 * The authority with its key: in the vault, or, while the desktop's keyring is closed, in a private file. A copy of its
 * certificate is beside it, so that the keyring is needed only to sign.
 */
export class AuthorityStore {
  readonly #options: AuthorityStoreOptions
  readonly #copyPath: string
  readonly #keyPath: string

  constructor(options: AuthorityStoreOptions) {
    this.#options = options
    this.#copyPath = join(options.folder, 'authority.crt')
    this.#keyPath = join(options.folder, 'authority-key.json')
  }

  /** The certificate in PEM, from its copy; undefined if there is none, or it cannot be read. */
  certificate(): string | undefined {
    try {
      const pem = readFileSync(this.#copyPath, 'utf8')
      new X509Certificate(pem)
      return pem
    } catch {
      return undefined
    }
  }

  /** True if there was an authority, even if its copy is damaged. */
  get isKnown(): boolean {
    return existsSync(this.#copyPath)
  }

  /** A problem if the key is not in the keyring of the desktop. */
  weakness(): Problem | null {
    return existsSync(this.#keyPath) ? LAN_PROBLEMS.keyInFile(this.#keyPath) : null
  }

  /** null if there is none. Rejects with a PersonError if there is one that cannot be used. */
  async read(): Promise<StoredAuthority | null> {
    const text = await this.#text()
    if (text === null) return null
    const stored = parse(text)
    if (stored === undefined) throw errorOf(LAN_PROBLEMS.authorityDamaged())
    if (this.certificate() !== stored.certificate) this.#writeCopy(stored.certificate)
    return stored
  }

  /** Replaces the authority; the key of the one before is gone. Rejects with a PersonError, and then it is as before. */
  async write(stored: StoredAuthority): Promise<void> {
    const before = this.certificate()
    // A copy without its key would look like a lost key, so the first authority's copy comes last. Of two, the secret
    // counts, so that a crash between the two writes changes nothing.
    if (before !== undefined) this.#writeCopy(stored.certificate)
    try {
      await this.#writeSecret(JSON.stringify(stored))
    } catch (error) {
      if (before !== undefined) this.#writeCopy(before)
      throw error
    }
    if (before === undefined) this.#writeCopy(stored.certificate)
  }

  async #writeSecret(text: string): Promise<void> {
    if (await this.#intoVault(text)) this.#removeKeyFile()
    else this.#writeFile(this.#keyPath, text)
  }

  #removeKeyFile(): void {
    if (existsSync(this.#keyPath)) rmSync(this.#keyPath)
  }

  async #text(): Promise<string | null> {
    if (existsSync(this.#keyPath)) return this.#textOfFile()
    try {
      return await this.#options.vault.read()
    } catch (err) {
      this.#options.log.warn({ err }, 'could not read the key of the certificate authority')
      throw errorOf(LAN_PROBLEMS.authorityUnreadable())
    }
  }

  /** Moves the key into the keyring if that is open now. */
  async #textOfFile(): Promise<string> {
    makePrivate(this.#keyPath)
    const text = readFileSync(this.#keyPath, 'utf8')
    if (parse(text) !== undefined && (await this.#intoVault(text))) this.#removeKeyFile()
    return text
  }

  async #intoVault(text: string): Promise<boolean> {
    try {
      await this.#options.vault.write(text)
      return true
    } catch (err) {
      this.#options.log.warn({ err }, 'the key of the certificate authority stays outside the keyring')
      return false
    }
  }

  #writeCopy(certificate: string): void {
    this.#writeFile(this.#copyPath, certificate)
  }

  #writeFile(path: string, text: string): void {
    try {
      replacePrivateFile(path, text)
    } catch (cause) {
      throw errorOf(LAN_PROBLEMS.notWritten(path), cause)
    }
  }
}

/** undefined if the text is damaged, or the key is not the certificate's. */
function parse(text: string): StoredAuthority | undefined {
  try {
    const stored = storedSchema.parse(JSON.parse(text))
    const fits = new X509Certificate(stored.certificate).checkPrivateKey(createPrivateKey(stored.key))
    return fits ? stored : undefined
  } catch {
    return undefined
  }
}
