import { z } from 'zod'
import { problemSchema } from '../text/problem.ts'

/**
 * How other devices connect. `authority`: TLS with certificates of Latchkey's own authority; `files`: TLS with the
 * person's certificate and key files; `off`: plain HTTP.
 */
export const LAN_TLS_MODES = ['authority', 'files', 'off'] as const
export const lanTlsSchema = z.enum(LAN_TLS_MODES)
export type LanTls = z.infer<typeof lanTlsSchema>

/** Why a device's last attempt failed, as far as Latchkey's end of the connection shows it. */
export const LAN_FAILURES = [
  /** The device refused the certificate: it does not trust its issuer. */
  'not_trusted',
  /** The device asked for a name or an address that is not in the certificate. */
  'wrong_name',
  /** The device found the certificate expired or not valid yet. */
  'clock',
  /** The device sent HTTP without TLS. */
  'plain_http',
  /** The device knows no version of TLS or no cipher that Latchkey accepts. */
  'old_tls',
  /** The device closed the connection before its first request. */
  'aborted',
] as const
export const lanFailureSchema = z.enum(LAN_FAILURES)
export type LanFailure = z.infer<typeof lanFailureSchema>

/** All times are in ms since 1970 UTC. */
const time = z.number().int()

/** SHA-256 of the DER, in pairs of upper-case hex digits with colons between. */
const fingerprint = z.string()

/** Another device that connected while others were let in. */
export const lanDeviceSchema = z.object({
  address: z.string(),
  /** The User-Agent of its last request, at most 200 characters; null if it has sent none. */
  userAgent: z.string().nullable(),
  firstSeenAt: time,
  /** Its last request over TLS. */
  lastSecureAt: time.nullable(),
  lastFailure: z.object({ at: time, reason: lanFailureSchema }).nullable(),
  /** True if its last secure connection used an authority that was replaced since: the device still trusts that one. */
  usedOldAuthority: z.boolean(),
})
export type LanDevice = z.infer<typeof lanDeviceSchema>

/** The certificate that other devices get. */
export const lanCertificateSchema = z.object({
  subject: z.string(),
  issuer: z.string(),
  fingerprint,
  /** Its host names and addresses. */
  names: z.array(z.string()),
  notBefore: time,
  notAfter: time,
})
export type LanCertificate = z.infer<typeof lanCertificateSchema>

export const lanAuthoritySchema = z.object({
  subject: z.string(),
  fingerprint,
  createdAt: time,
  notAfter: time,
})
export type LanAuthority = z.infer<typeof lanAuthoritySchema>

/** Whether other devices find Latchkey by DNS-SD (RFC 6763). */
export const discoveryStateSchema = z.object({
  state: z.enum(['off', 'announcing', 'announced', 'failed']),
  /** The name under which it is announced, after conflicts; null while it is not. */
  name: z.string().nullable(),
  problem: problemSchema.nullable(),
})
export type DiscoveryState = z.infer<typeof discoveryStateSchema>

/** What there is to know about other devices. While none is let in, `addresses` is empty. */
export const lanStateSchema = z.object({
  tls: lanTlsSchema,
  /** Where other devices reach the gateway; the URL is `https:` unless `tls` is off. */
  addresses: z.array(z.object({ address: z.string(), url: z.string() })),
  /** This computer's name for other devices: `kitchen.local`. */
  name: z.string(),
  /** The page that says how to trust the authority; null without authority or addresses. */
  trustUrl: z.string().nullable(),
  /** null if there is none yet, or TLS is off. */
  certificate: lanCertificateSchema.nullable(),
  /** null before its first use, and while it cannot be read. */
  authority: lanAuthoritySchema.nullable(),
  /** Why TLS does not work, or soon will not. */
  problem: problemSchema.nullable(),
  /** Most recent first. */
  devices: z.array(lanDeviceSchema),
  discovery: discoveryStateSchema,
  /** True if a connection of another device came since the start. False while one is expected hints at a firewall. */
  arrivedFromOutside: z.boolean(),
})
export type LanState = z.infer<typeof lanStateSchema>

/** The authority's certificate, for devices that should trust it. */
export const authorityCertificateSchema = z.object({ pem: z.string(), fingerprint })
export type AuthorityCertificate = z.infer<typeof authorityCertificateSchema>
