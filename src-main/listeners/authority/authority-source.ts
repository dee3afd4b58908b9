import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LanAuthority } from '#shared/lan/lan.ts'
import { PersonError } from '#shared/text/person-error.ts'
import type { Problem } from '#shared/text/problem.ts'
import type { SecretVault } from '../../base/host.ts'
import type { Log } from '../../base/log.ts'
import { ensurePrivateDirectory, makePrivate, replacePrivateFile } from '../../base/private-files.ts'
import { Sequencer } from '../../base/sequencer.ts'
import { errorOf, LAN_PROBLEMS } from '../lan-problems.ts'
import type { MachineNames } from '../machine-names.ts'
import { secureContextOf } from '../tls/secure-context.ts'
import { type CertificateSource, factsOf, type ServedCertificate } from '../tls/served-certificate.ts'
import { AuthorityStore, type StoredAuthority } from './authority-store.ts'
import { BACKDATED_MS, RENEWED_BEFORE_END_MS } from './lifetimes.ts'
import { isPermittedAddress, isPermittedName } from './name-constraints.ts'

export interface AuthoritySourceOptions {
  /** Created if it does not exist. */
  readonly folder: string
  readonly vault: SecretVault
  readonly names: () => MachineNames
  /** This computer's network addresses. */
  readonly addresses: () => readonly string[]
  readonly now: () => number
  readonly log: Pick<Log, 'info' | 'warn'>
}

/** After a failure, so that a locked keyring is not asked every few seconds. */
const RETRY_AFTER_MS = 10 * 60_000
/** Before this version existed. A computer without a battery for its clock starts in 1970. */
const EARLIEST = Date.UTC(2026, 0, 1)
const MOST_ADDRESSES = 50
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----\n?/g
const KEY = /-----BEGIN PRIVATE KEY-----[\s\S]+?-----END PRIVATE KEY-----\n?/

/**
 * Certificates of Latchkey's own authority. Renews the leaf before it ends, and when this computer gets another name or
 * address. Loads the library that signs only when it signs.
 */
export class AuthoritySource implements CertificateSource {
  readonly #options: AuthoritySourceOptions
  readonly #store: AuthorityStore
  readonly #leafPath: string
  /** A look and a replacement must not sign at the same time. */
  readonly #sequencer = new Sequencer()
  #served: ServedCertificate | null = null
  #failure: { readonly problem: Problem; readonly at: number; readonly wanted: string } | undefined

  constructor(options: AuthoritySourceOptions) {
    this.#options = options
    makeFolder(options.folder)
    this.#store = new AuthorityStore(options)
    this.#leafPath = join(options.folder, 'certificate.pem')
    this.#served = this.#readLeaf()
  }

  get served(): ServedCertificate | null {
    return this.#served
  }

  get problem(): Problem | null {
    return this.#failure?.problem ?? this.#store.weakness()
  }

  /** The authority's certificate in PEM; undefined if there is none yet. */
  certificate(): string | undefined {
    return this.#store.certificate()
  }

  authority(): LanAuthority | null {
    const pem = this.certificate()
    if (pem === undefined) return null
    const { subject, fingerprint, notBefore, notAfter } = factsOf(pem)
    return { subject: commonName(subject), fingerprint, createdAt: notBefore + BACKDATED_MS, notAfter }
  }

  look(): Promise<void> {
    return this.#sequencer.queue(() => this.#look())
  }

  /** Makes another authority, whose certificates replace those of the one before. Rejects with a PersonError. */
  replace(): Promise<void> {
    return this.#sequencer.queue(async () => {
      this.#refuseWrongClock()
      await this.#issue(await this.#create())
      this.#failure = undefined
    })
  }

  async #look(): Promise<void> {
    if (this.#served !== null && this.#isGood(this.#served)) {
      this.#failure = undefined
      return
    }
    const wanted = this.#wanted().join(' ')
    const now = this.#options.now()
    const isEarly = this.#failure !== undefined && Math.abs(now - this.#failure.at) < RETRY_AFTER_MS
    if (isEarly && this.#failure?.wanted === wanted) return
    try {
      await this.#renew()
      this.#failure = undefined
    } catch (error) {
      this.#failure = { problem: this.#problemOf(error), at: now, wanted }
    }
  }

  /** False if the leaf is of another authority, ends soon, is not valid yet, or lacks a name or an address. */
  #isGood({ facts, authority }: ServedCertificate): boolean {
    const now = this.#options.now()
    if (authority !== this.authority()?.fingerprint) return false
    if (now < facts.notBefore || now > facts.notAfter - this.#renewedBefore(facts.notAfter)) return false
    return this.#wanted().every((name) => facts.names.includes(name))
  }

  /** The last leaf of an authority cannot be renewed. */
  #renewedBefore(notAfter: number): number {
    return notAfter === this.authority()?.notAfter ? 0 : RENEWED_BEFORE_END_MS
  }

  /** The names and addresses that this authority may sign. A renamed computer keeps only its name in `.local`. */
  #wanted(authority = this.certificate()): string[] {
    const { names, addresses } = this.#options
    const { bare, local, all } = names()
    const machine = machineOf(authority) ?? bare
    const others = all.filter((name) => name !== local && /^[a-z0-9.-]+$/.test(name))
    const permitted = [local, ...others].filter((name) => isPermittedName(name, machine))
    return [...permitted, ...addresses().filter(isPermittedAddress).slice(0, MOST_ADDRESSES)]
  }

  async #renew(): Promise<void> {
    this.#refuseWrongClock()
    const stored = await this.#store.read()
    if (stored === null && this.#store.isKnown) throw errorOf(LAN_PROBLEMS.authorityDamaged())
    await this.#issue(stored ?? (await this.#create()))
  }

  #refuseWrongClock(): void {
    const now = this.#options.now()
    if (now < EARLIEST) throw errorOf(LAN_PROBLEMS.clockWrong(now))
  }

  async #create(): Promise<StoredAuthority> {
    const { names, now, log } = this.#options
    const machine = names().bare
    const { makeAuthority } = await issuing()
    const stored = await makeAuthority({ machine, now: now() })
    await this.#store.write(stored)
    log.info({ fingerprint: factsOf(stored.certificate).fingerprint }, 'made a certificate authority')
    return stored
  }

  async #issue(authority: StoredAuthority): Promise<void> {
    const { notBefore, notAfter } = factsOf(authority.certificate)
    const now = this.#options.now()
    if (now > notAfter) throw errorOf(LAN_PROBLEMS.authorityExpired(notAfter))
    if (now < notBefore) throw errorOf(LAN_PROBLEMS.clockWrong(now))
    const { issueLeaf } = await issuing()
    const wanted = this.#wanted(authority.certificate)
    const addresses = wanted.filter(isPermittedAddress)
    const names = wanted.filter((name) => !addresses.includes(name))
    const { certificate, key } = await issueLeaf({ authority, names, addresses, now })
    this.#served = servedBy(authority.certificate, certificate, key)
    this.#write(`${certificate}\n${authority.certificate}\n${key}`)
  }

  #write(text: string): void {
    try {
      replacePrivateFile(this.#leafPath, text)
    } catch (cause) {
      throw errorOf(LAN_PROBLEMS.notWritten(this.#leafPath), cause)
    }
  }

  /** null if there is none, or the file is damaged: the next look then makes one. */
  #readLeaf(): ServedCertificate | null {
    if (!existsSync(this.#leafPath)) return null
    try {
      makePrivate(this.#leafPath)
      const text = readFileSync(this.#leafPath, 'utf8')
      const [leaf = '', authority = ''] = text.match(CERTIFICATE) ?? []
      const served = servedBy(authority, leaf, KEY.exec(text)?.[0] ?? '')
      secureContextOf(served)
      return served
    } catch (err) {
      this.#options.log.warn({ err }, 'the certificate for other devices is damaged and is made again')
      return null
    }
  }

  #problemOf(error: unknown): Problem {
    if (error instanceof PersonError) return error.problem
    this.#options.log.warn({ err: error }, 'could not make a certificate for other devices')
    return LAN_PROBLEMS.authorityDamaged()
  }
}

/** If it cannot be made, writing into it says why. */
function makeFolder(path: string): void {
  try {
    ensurePrivateDirectory(path)
  } catch {
    // Reported by the first write.
  }
}

function servedBy(authority: string, leaf: string, key: string): ServedCertificate {
  return {
    cert: `${leaf.trimEnd()}\n${authority}`,
    key,
    facts: factsOf(leaf),
    authority: factsOf(authority).fingerprint,
  }
}

/** The bare name of the machine in the authority's name, which its name constraints permit. */
function machineOf(pem: string | undefined): string | undefined {
  if (pem === undefined) return undefined
  return /^Latchkey on ([a-z0-9-]+) /.exec(commonName(factsOf(pem).subject))?.[1]
}

/** `CN=kitchen` without its attribute. */
function commonName(subject: string): string {
  return subject.replace(/^CN=/, '')
}

/** Loaded at the first use. Its library needs `reflect-metadata` before it, and a bundle keeps that order only for imports like these. */
async function issuing() {
  await import('reflect-metadata')
  return await import('./issue.ts')
}
