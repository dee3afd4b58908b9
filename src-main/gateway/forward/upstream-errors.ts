import type { UpstreamFault } from '#shared/gateway/refusals.ts'
import { ConnectionLost, InvalidAnswer, UpstreamTimeout } from '../transport.ts'

// OpenSSL's X509_verify_cert_error_string and Node's tls.checkServerIdentity.
const CERTIFICATE_FAULTS: ReadonlyMap<string, UpstreamFault> = new Map([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'upstream_untrusted'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'upstream_untrusted'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'upstream_untrusted'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'upstream_untrusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'upstream_untrusted'],
  ['CERT_SIGNATURE_FAILURE', 'upstream_untrusted'],
  ['CERT_CHAIN_TOO_LONG', 'upstream_untrusted'],
  ['CERT_REVOKED', 'upstream_untrusted'],
  ['INVALID_CA', 'upstream_untrusted'],
  ['PATH_LENGTH_EXCEEDED', 'upstream_untrusted'],
  ['INVALID_PURPOSE', 'upstream_untrusted'],
  ['CERT_UNTRUSTED', 'upstream_untrusted'],
  ['CERT_REJECTED', 'upstream_untrusted'],
  ['HOSTNAME_MISMATCH', 'upstream_wrong_name'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'upstream_wrong_name'],
  ['CERT_HAS_EXPIRED', 'upstream_expired'],
  ['CERT_NOT_YET_VALID', 'upstream_expired'],
])

// OpenSSL's messages for a plain-text answer, which it reads as a TLS record.
const NO_TLS = /wrong.version.number|packet.length.too.long|http.request|unknown.protocol/i
const TLS = /^(?:ERR_SSL_|ERR_TLS_|EPROTO$)/

const INVALID = { http: 'upstream_invalid', tls: 'upstream_needs_tls', other: 'upstream_not_ollama' } as const

/**
 * Turns an error of the upstream into a refusal; no other code does. The upstream is unreachable, broke off, timed out, has
 * an untrusted certificate, or sends invalid HTTP.
 */
export function refusalOf(error: Error): UpstreamFault {
  if (error instanceof InvalidAnswer) return INVALID[error.protocol]
  if (error instanceof UpstreamTimeout) return error.phase === 'connect' ? 'upstream_unreachable' : 'upstream_timeout'
  if (isBrokenHandshake(error)) return 'upstream_tls_failed'
  const code = codeOf(error)
  const certificate = CERTIFICATE_FAULTS.get(code)
  if (certificate !== undefined) return certificate
  if (TLS.test(code)) return NO_TLS.test(`${code} ${error.message}`) ? 'upstream_not_tls' : 'upstream_tls_failed'
  return isStaleConnection(error) ? 'upstream_broke' : 'upstream_unreachable'
}

/** True if the server speaks TLS and its certificate caused the error. */
export function isAboutCertificate(error: Error): boolean {
  return CERTIFICATE_FAULTS.has(codeOf(error))
}

/** True if an idle connection was closed at the moment of the request. A request without a body can then be repeated. */
export function isStaleConnection(error: Error): boolean {
  if (isBrokenHandshake(error)) return false
  const code = codeOf(error)
  return error instanceof ConnectionLost || code === 'ECONNRESET' || code === 'EPIPE'
}

/** Node's error for it (lib/internal/tls/wrap.js) has the same code as any other reset. */
function isBrokenHandshake(error: Error): boolean {
  if (error instanceof ConnectionLost) return !error.wasOpen
  return error.message.includes('before secure TLS connection was established')
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : ''
}
