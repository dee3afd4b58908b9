import type { LanFailure } from '#shared/lan/lan.ts'
import { isNamed } from './served-certificate.ts'

/** What is known of a handshake that failed. */
export interface FailedHandshake {
  /** null if the connection just closed. */
  readonly error: NodeJS.ErrnoException | null
  /** The name that the device asked for (SNI); undefined for an address, which is never sent. */
  readonly serverName: string | undefined
  /** The address that the device connected to. */
  readonly localAddress: string
  /** The names of the certificate that it got. */
  readonly names: readonly string[]
}

/** Alerts of the device (RFC 8446 section 6.2), as OpenSSL names them: `ERR_SSL_TLSV1_ALERT_UNKNOWN_CA`. */
const NOT_TRUSTED = /ALERT_(?:UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|UNSUPPORTED_CERTIFICATE)/
const CLOCK = /ALERT_CERTIFICATE_EXPIRED/
const OLD_TLS =
  /UNSUPPORTED_PROTOCOL|UNKNOWN_PROTOCOL|WRONG_VERSION_NUMBER|VERSION_TOO_LOW|NO_SHARED_CIPHER|ALERT_PROTOCOL_VERSION|INAPPROPRIATE_FALLBACK/

/**
 * Why a handshake failed. A device says only that it refused the certificate; if the certificate has another name, that
 * is the reason.
 */
export function failureReason({ error, serverName, localAddress, names }: FailedHandshake): LanFailure {
  const code = (error?.code ?? '').replace(/[^A-Za-z0-9]+/g, '_').toUpperCase()
  if (OLD_TLS.test(code)) return 'old_tls'
  if (CLOCK.test(code)) return 'clock'
  if (!isNamed(names, serverName ?? localAddress)) return 'wrong_name'
  return NOT_TRUSTED.test(code) ? 'not_trusted' : 'aborted'
}
