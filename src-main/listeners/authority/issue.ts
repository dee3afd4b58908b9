// The library's dependency injection needs this before any other import of the library. Outside a bundle this is enough.
import 'reflect-metadata'
import { randomBytes } from 'node:crypto'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  type JsonName,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { AUTHORITY_YEARS, BACKDATED_MS, LEAF_MS } from './lifetimes.ts'
import { NAME_CONSTRAINTS, nameConstraints } from './name-constraints.ts'

/** A certificate and its private key, both in PEM. */
export interface Issued {
  readonly certificate: string
  readonly key: string
}

type PrivateKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const SERIAL_BYTES = 16

/** An authority that can sign only certificates of servers in private networks. `machine`: the bare name. */
export async function makeAuthority({ machine, now }: { machine: string; now: number }): Promise<Issued> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const notAfter = new Date(now)
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + AUTHORITY_YEARS)
  const name: JsonName = [
    { CN: [`Latchkey on ${machine} (${new Date(now).getUTCFullYear()}-${randomBytes(2).toString('hex')})`] },
  ]
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name,
    notBefore: new Date(now - BACKDATED_MS),
    notAfter,
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new Extension(NAME_CONSTRAINTS, true, nameConstraints(machine)),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate: certificate.toString('pem'), key: await pemOf(keys.privateKey) }
}

export interface LeafRequest {
  /** The authority's certificate and key. */
  readonly authority: Issued
  /** Host names; the first one is also the subject. */
  readonly names: readonly string[]
  readonly addresses: readonly string[]
  readonly now: number
}

/** A certificate for these names and addresses, without those of the authority above it. */
export async function issueLeaf({ authority, names, addresses, now }: LeafRequest): Promise<Issued> {
  const issuer = new X509Certificate(authority.certificate)
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: [{ CN: [names[0] ?? ''] }],
    issuer: issuer.subject,
    notBefore: new Date(now - BACKDATED_MS),
    notAfter: new Date(Math.min(now + LEAF_MS, issuer.notAfter.getTime())),
    publicKey: keys.publicKey,
    signingKey: await signingKey(authority.key),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([
        ...names.map((value) => ({ type: 'dns', value }) as const),
        ...addresses.map((value) => ({ type: 'ip', value }) as const),
      ]),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer),
    ],
  })
  return { certificate: certificate.toString('pem'), key: await pemOf(keys.privateKey) }
}

/** Positive, as RFC 5280 section 4.1.2.2 asks. */
function newSerial(): string {
  const bytes = randomBytes(SERIAL_BYTES)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes.toString('hex')
}

async function pemOf(key: PrivateKey): Promise<string> {
  return `${PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`
}

function signingKey(pem: string): Promise<PrivateKey> {
  const [key = new ArrayBuffer(0)] = PemConverter.decode(pem)
  return crypto.subtle.importKey('pkcs8', key, ALGORITHM, false, ['sign'])
}
