import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectTls, createSecureContext, rootCertificates, type SecureContext } from 'node:tls'

/** Opens a connection that passes its bytes to `take`: the first `length` of `bytes`, valid only until it returns. */
type OpenSocket = (take: (bytes: Buffer, length: number) => void) => Socket

// All plain connections read into this one buffer. The receiver copies what it needs at once, before another connection can
// read. Otherwise Node allocates 64 kB for each read and shrinks it, which costs more than the copy and fragments the memory
// of a process with hundreds of streams (docs/optimisations.md).
const shared = Buffer.allocUnsafeSlow(64 * 1024)

export interface SocketOpener {
  readonly open: OpenSocket
  /** The event after which a request can be sent. */
  readonly openedBy: 'connect' | 'secureConnect'
}

/** Returns the function that opens connections to this address. `certificate`: additional trusted certificates in PEM. */
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
  // An IP address is not a server name (RFC 6066 section 3). It is still checked against the certificate.
  const name = isIP(host) === 0 ? { servername: host } : {}
  const trust = certificate === null ? {} : { secureContext: trusting(certificate) }
  return (take) =>
    connectTls({ host, port, ...name, ...trust, ALPNProtocols: ['http/1.1'] }).on('data', (piece: Buffer) =>
      take(piece, piece.length),
    )
}

/** Created once for all connections, because reading the well-known authorities takes about 10 ms. */
function trusting(certificate: string): SecureContext {
  // `allowPartialTrustChain`: the certificate may be the server's own or that of an intermediate authority.
  return createSecureContext({ ca: [...rootCertificates, certificate], allowPartialTrustChain: true })
}
