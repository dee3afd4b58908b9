import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectTls, createSecureContext, rootCertificates, type SecureContext } from 'node:tls'

/** Opens a connection whose bytes go to `take`: the first `length` of `bytes`, which are only good until it returns. */
type OpenSocket = (take: (bytes: Buffer, length: number) => void) => Socket

// All plain connections read into this one buffer: who takes what came copies what it needs at once, before any other can
// read. Otherwise Node makes 64 kB for each read and cuts it down again: that costs more than the copy, and with hundreds of
// streams it tears the memory of the process into pieces (docs/optimisations.md).
const shared = Buffer.allocUnsafeSlow(64 * 1024)

export interface SocketOpener {
  readonly open: OpenSocket
  /** The event after which a request can be sent. */
  readonly openedBy: 'connect' | 'secureConnect'
}

/** How connections to this address are opened. `certificate`: in PEM, to trust besides the well-known authorities. */
export function socketOpener({ protocol, hostname, port }: URL, certificate: string | null): SocketOpener {
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  return protocol === 'https:'
    ? { open: tlsOpener(host, Number(port || 443), certificate), openedBy: 'secureConnect' }
    : { open: plainOpener(host, Number(port || 80)), openedBy: 'connect' }
}

function plainOpener(host: string, port: number): OpenSocket {
  return (take) => {
    const callback = (length: number) => {
      take(shared, length)
      return true
    }
    return connectPlain({ host, port, onread: { buffer: shared, callback } })
  }
}

function tlsOpener(host: string, port: number, certificate: string | null): OpenSocket {
  // An address is no server name (RFC 6066 section 3), and is checked against the certificate all the same.
  const name = isIP(host) === 0 ? { servername: host } : {}
  const trust = certificate === null ? {} : { secureContext: trusting(certificate) }
  return (take) =>
    connectTls({ host, port, ...name, ...trust, ALPNProtocols: ['http/1.1'] }).on('data', (piece: Buffer) =>
      take(piece, piece.length),
    )
}

/** Made once for all connections: reading the well-known authorities takes some 10 ms. */
function trusting(certificate: string): SecureContext {
  // `allowPartialTrustChain`: the certificate may be the server's own, or that of an authority between.
  return createSecureContext({ ca: [...rootCertificates, certificate], allowPartialTrustChain: true })
}
