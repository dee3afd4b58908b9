// The library's dependency injection needs this before any other import of the library.
import 'reflect-metadata'
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'

export interface Certificate {
  /** Both in PEM. */
  readonly cert: string
  readonly key: string
}

export interface CertificateOptions {
  readonly hosts?: readonly string[]
  readonly addresses?: readonly string[]
  readonly isAuthority?: boolean
  /** The signer; self-signed by default. */
  readonly by?: Certificate
  readonly subject?: string
  /** In days from now. */
  readonly from?: number
  readonly until?: number
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const DAY_MS = 86_400_000
let serial = 1

/** A certificate with its own key, valid for this computer by default. */
export async function makeCertificate(options: CertificateOptions = {}): Promise<Certificate> {
  const {
    hosts = ['localhost'],
    addresses = ['127.0.0.1', '::1'],
    isAuthority = false,
    from = -1,
    until = 30,
    subject = `CN=Latchkey test ${++serial}`,
  } = options
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.create({
    serialNumber: (++serial).toString(16).padStart(16, '4'),
    subject,
    issuer: options.by === undefined ? subject : new X509Certificate(options.by.cert).subject,
    notBefore: new Date(Date.now() + from * DAY_MS),
    notAfter: new Date(Date.now() + until * DAY_MS),
    publicKey: keys.publicKey,
    signingKey: options.by === undefined ? keys.privateKey : await signingKey(options.by),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(isAuthority, undefined, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([
        ...hosts.map((value) => ({ type: 'dns', value }) as const),
        ...addresses.map((value) => ({ type: 'ip', value }) as const),
      ]),
    ],
  })
  const key = await crypto.subtle.exportKey('pkcs8', keys.privateKey)
  return { cert: certificate.toString('pem'), key: PemConverter.encode(key, 'PRIVATE KEY') }
}

function signingKey(by: Certificate): Promise<CryptoKey> {
  const [key = new ArrayBuffer(0)] = PemConverter.decode(by.key)
  return crypto.subtle.importKey('pkcs8', key, ALGORITHM, true, ['sign'])
}
