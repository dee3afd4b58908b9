import { constants, randomBytes } from 'node:crypto'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { ServedCertificate } from './served-certificate.ts'

/** Forward secrecy and authenticated encryption only; what every browser since 2015 knows (RFC 9325 section 4.2). */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
].join(':')

const TICKET_KEY_BYTES = 48

/**
 * The TLS settings of new connections; connections with another context go on. Its ticket keys are new, so that no
 * device resumes a session of another certificate. Throws if OpenSSL does not accept the certificate or its key.
 */
export function secureContextOf({ cert, key }: Pick<ServedCertificate, 'cert' | 'key'>): SecureContext {
  return createSecureContext({
    cert,
    key,
    ciphers: CIPHERS,
    honorCipherOrder: true,
    minVersion: 'TLSv1.2',
    // A client may renegotiate TLS 1.2 at no cost to itself, which costs the server a signature each time.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    sessionIdContext: 'latchkey',
    ticketKeys: randomBytes(TICKET_KEY_BYTES),
  })
}
