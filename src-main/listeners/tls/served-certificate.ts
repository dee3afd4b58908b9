import { X509Certificate } from 'node:crypto'
import type { LanCertificate } from '#shared/lan/lan.ts'
import { urlHost } from '#shared/settings/network.ts'
import type { Problem } from '#shared/text/problem.ts'

/** A certificate that other devices get, with its key. */
export interface ServedCertificate {
  /** PEM: the certificate, then those above it. */
  readonly cert: string
  /** PEM. Never in a log. */
  readonly key: string
  readonly facts: LanCertificate
  /** The fingerprint of the authority that signed it; null for a certificate of the person's own. */
  readonly authority: string | null
}

/** Where the served certificate comes from. */
export interface CertificateSource {
  /** Looks whether another certificate must be served. Cheap if not; call it every few seconds. Never rejects. */
  look(): Promise<void>
  /** The same object until it changes; null if there is none. */
  readonly served: ServedCertificate | null
  readonly problem: Problem | null
}

/** The facts of a certificate in PEM or DER. Throws for anything else. */
export function factsOf(pem: string | Uint8Array): LanCertificate {
  const certificate = new X509Certificate(pem)
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    fingerprint: certificate.fingerprint256,
    names: namesIn(certificate.subjectAltName ?? ''),
    notBefore: certificate.validFromDate.getTime(),
    notAfter: certificate.validToDate.getTime(),
  }
}

/** True if the certificate is for this host name or address; a name may begin with `*.` for one label. */
export function isNamed(names: readonly string[], wanted: string): boolean {
  const name = wanted.toLowerCase().replace(/\.$/, '')
  const dot = name.indexOf('.')
  return names.includes(name) || (dot > 0 && names.includes(`*${name.slice(dot)}`))
}

/** Node gives one attribute per line. */
function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ')
}

/** Node gives `DNS:kitchen.local, IP Address:FD00:0:0:0:0:0:0:2`, and quotes entries that contain something else. */
function namesIn(list: string): string[] {
  return list.split(', ').flatMap((entry) => {
    const [, dns] = /^DNS:([^"]+)$/.exec(entry) ?? []
    const [, address] = /^IP Address:([0-9A-Fa-f.:]+)$/.exec(entry) ?? []
    if (address !== undefined) return [plainAddress(address)]
    return dns === undefined ? [] : [dns.toLowerCase()]
  })
}

/** The spelling of the system: lower case, compressed. */
function plainAddress(address: string): string {
  return new URL(`http://${urlHost(address)}`).hostname.replace(/^\[|\]$/g, '')
}
