import { connect, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import type { Target } from '../traffic.ts'

/** A connection that is ready for a request. */
export function open({ port, tlsAddress }: Target): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (tlsAddress !== undefined) {
      const secure = openTls({ port, tlsAddress })
      secure.on('secureConnect', () => resolve(secure)).on('error', reject)
      return
    }
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.on('connect', () => resolve(socket)).on('error', reject)
  })
}

/**
 * A handshake under way. One version, cipher, curve and protocol for all programs, so that all do the same work; browsers prefer
 * them too, save for their post-quantum key exchange, which not every program here has.
 */
export function openTls({ port, tlsAddress }: Target, session?: Buffer): TLSSocket {
  const socket = connectTls({
    port,
    host: tlsAddress,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.3',
    ciphers: 'TLS_AES_128_GCM_SHA256',
    ecdhCurve: 'X25519',
    ...(session === undefined ? {} : { session }),
  })
  return socket.setNoDelay(true)
}
