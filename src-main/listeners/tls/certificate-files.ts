import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { open, stat } from 'node:fs/promises'
import { PersonError } from '#shared/text/person-error.ts'
import type { Problem } from '#shared/text/problem.ts'
import { errorOf, LAN_PROBLEMS } from '../lan-problems.ts'
import { secureContextOf } from './secure-context.ts'
import { type CertificateSource, factsOf, type ServedCertificate } from './served-certificate.ts'

export interface CertificateFilesOptions {
  /** Absolute paths, possibly the same; null if the person has chosen none. */
  readonly certificateFile: string | null
  readonly keyFile: string | null
  readonly now: () => number
}

const DAY_MS = 86_400_000
const NOTICE_MS = 14 * DAY_MS
const LONGEST_FILE = 1024 * 1024
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g
const ENCRYPTED = /-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/

/**
 * The person's own certificate and key, which an ACME client or Tailscale may renew at any time: by writing the files,
 * by renaming others over them, or by changing a symbolic link. While they do not fit together, as between the two
 * writes of a renewal, the former pair is served.
 */
export class CertificateFiles implements CertificateSource {
  readonly #options: CertificateFilesOptions
  /** The state of both files when they were last read without a problem. */
  #readAs: string | undefined
  #failed: { readonly problem: Problem; readonly times: number } | undefined
  #served: ServedCertificate | null = null

  constructor(options: CertificateFilesOptions) {
    this.#options = options
  }

  get served(): ServedCertificate | null {
    return this.#served
  }

  /** A problem of a renewal only when a second look finds it too. */
  get problem(): Problem | null {
    if (this.#failed !== undefined && (this.#served === null || this.#failed.times > 1)) return this.#failed.problem
    return this.#dateProblem()
  }

  async look(): Promise<void> {
    try {
      await this.#read()
      this.#failed = undefined
    } catch (error) {
      this.#failed = { problem: problemOf(error, this.#options), times: (this.#failed?.times ?? 0) + 1 }
    }
  }

  async #read(): Promise<void> {
    const { certificateFile, keyFile } = this.#options
    if (certificateFile === null || keyFile === null) throw new PairProblem(LAN_PROBLEMS.filesMissing())
    const state = `${await stateOf(certificateFile)} ${await stateOf(keyFile)}`
    if (state === this.#readAs) return
    this.#served = readPair(certificateFile, await textOf(certificateFile), keyFile, await textOf(keyFile))
    this.#readAs = state
  }

  #dateProblem(): Problem | null {
    if (this.#served === null) return null
    const { notBefore, notAfter } = this.#served.facts
    const path = this.#options.certificateFile ?? ''
    const now = this.#options.now()
    if (now < notBefore) return LAN_PROBLEMS.early(path, notBefore)
    if (now > notAfter) return LAN_PROBLEMS.expired(path, notAfter)
    return notAfter - now < NOTICE_MS ? LAN_PROBLEMS.expires(path, notAfter) : null
  }
}

/** Rejects with a PersonError if these files cannot be used now. Those that expire soon still can. */
export async function refuseUnusableFiles(options: CertificateFilesOptions): Promise<void> {
  const files = new CertificateFiles(options)
  await files.look()
  const { problem } = files
  if (problem !== null && problem.code !== 'lan_certificate_expires') throw errorOf(problem)
}

/** Why a pair of files cannot be used. */
class PairProblem extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.message)
    this.problem = problem
  }
}

function problemOf(error: unknown, { certificateFile }: CertificateFilesOptions): Problem {
  if (error instanceof PairProblem) return error.problem
  return error instanceof PersonError ? error.problem : LAN_PROBLEMS.unusable(certificateFile ?? '')
}

/** Changes with every way to replace a file: its content, its name or a link on the way to it. */
async function stateOf(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => undefined)
  // Reading a pipe or a device could wait for ever.
  if (found === undefined || !found.isFile()) throw new PairProblem(LAN_PROBLEMS.unreadable(path))
  const { dev, ino, size, mtimeNs, ctimeNs } = found
  return [dev, ino, size, mtimeNs, ctimeNs].join(':')
}

async function textOf(path: string): Promise<string> {
  const file = await open(path, 'r').catch(() => undefined)
  if (file === undefined) throw new PairProblem(LAN_PROBLEMS.unreadable(path))
  try {
    const buffer = Buffer.alloc(LONGEST_FILE)
    const { bytesRead } = await file.read(buffer, 0, LONGEST_FILE, 0)
    return buffer.toString('latin1', 0, bytesRead)
  } catch {
    throw new PairProblem(LAN_PROBLEMS.unreadable(path))
  } finally {
    await file.close()
  }
}

function readPair(certPath: string, certText: string, keyPath: string, keyText: string): ServedCertificate {
  const cert = chainIn(certText)
  if (cert === undefined) throw new PairProblem(LAN_PROBLEMS.noCertificate(certPath))
  const key = keyIn(keyText, keyPath)
  if (!new X509Certificate(cert).checkPrivateKey(key)) throw new PairProblem(LAN_PROBLEMS.differ(certPath, keyPath))
  const served = { cert, key: key.export({ type: 'pkcs8', format: 'pem' }).toString() }
  try {
    secureContextOf(served)
  } catch {
    throw new PairProblem(LAN_PROBLEMS.unusable(certPath))
  }
  return { ...served, facts: factsOf(cert), authority: null }
}

/** The certificates of a PEM file without what is around them; undefined if one of them cannot be read. */
function chainIn(text: string): string | undefined {
  const found = text.match(CERTIFICATE) ?? []
  try {
    for (const one of found) new X509Certificate(one)
  } catch {
    return undefined
  }
  return found.length === 0 ? undefined : `${found.join('\n')}\n`
}

function keyIn(text: string, path: string): KeyObject {
  if (ENCRYPTED.test(text)) throw new PairProblem(LAN_PROBLEMS.encrypted(path))
  try {
    return createPrivateKey(text)
  } catch {
    throw new PairProblem(LAN_PROBLEMS.noKey(path))
  }
}
