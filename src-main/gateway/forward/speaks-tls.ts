import { isIP } from 'node:net'
import { connect } from 'node:tls'
import { isAboutCertificate } from './upstream-errors.ts'

const PATIENCE_MS = 2_000

/**
 * Resolves to true if a server speaks TLS, because many close a plain connection without an answer. Sends only the
 * handshake. An untrusted certificate is an answer too.
 */
export function speaksTls(host: string, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}) })
  socket
    .setTimeout(PATIENCE_MS)
    .on('secureConnect', () => resolve(true))
    .on('error', (error: Error) => resolve(isAboutCertificate(error)))
    .on('timeout', () => resolve(false))
    .on('close', () => resolve(false))
  return promise.finally(() => socket.destroy())
}
