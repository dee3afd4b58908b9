import { createSocket, type Socket } from 'node:dgram'
import { BlockList } from 'node:net'
import type { NetworkInterfaceInfo } from 'node:os'
import { Budget } from './budget.ts'

export const MDNS_PORT = 5353
const GROUPS = { IPv4: '224.0.0.251', IPv6: 'ff02::fb' } as const
/** RFC 6762, section 11: receivers may check it, because a router would have lowered it. */
const HOPS = 255
/**
 * A busy home network has a few dozen messages of 300 bytes a second. Messages can be made to take 1 ms per 1,500 bytes.
 * In a flood questions stay unanswered, and nothing else suffers.
 */
const MOST_BYTES_PER_SECOND = 50_000

/** One interface in one address family: multicast DNS does not cross either. */
export interface LinkPlace {
  /** The system's name, such as `eth0`. */
  readonly interface: string
  readonly family: 'IPv4' | 'IPv6'
  /** All addresses of this computer on this link. */
  readonly own: readonly NetworkInterfaceInfo[]
  /** The one of them that sends. */
  readonly source: string
  /** The interface's addresses, of either family, that are announced. */
  readonly announced: readonly string[]
}

export interface Sender {
  readonly address: string
  readonly port: number
}

export type Receive = (datagram: Buffer, from: Sender) => void

/** A socket for multicast DNS on one interface. Only datagrams of computers on the same link are received. */
export class Link {
  readonly place: LinkPlace
  readonly #socket: Socket

  private constructor(place: LinkPlace, socket: Socket, receive: Receive) {
    this.place = place
    this.#socket = socket
    const isOnLink = onLinkTest(place)
    const budget = new Budget(MOST_BYTES_PER_SECOND)
    socket.on('message', (datagram, from) => {
      if (isOnLink(from.address) && budget.spend(datagram.length)) receive(datagram, from)
    })
  }

  /**
   * Rejects with the system's error. `port` 0 takes a free one: then others answer to this socket alone (RFC 6762,
   * section 6.7).
   */
  static async open(place: LinkPlace, receive: Receive, port = MDNS_PORT): Promise<Link> {
    const isV4 = place.family === 'IPv4'
    // The port is shared with the system's own responder and with other programs.
    const socket = createSocket({ type: isV4 ? 'udp4' : 'udp6', ipv6Only: !isV4, reuseAddr: port !== 0 })
    try {
      await bound(socket, port)
      setUp(socket, place)
    } catch (error) {
      socket.close()
      throw error
    }
    // An interface can disappear at any time. The next look at the networks notices.
    socket.on('error', () => undefined)
    return new Link(place, socket, receive)
  }

  /** Sends to all computers on the link. Resolves to the error, if any. */
  send(message: Buffer): Promise<Error | undefined> {
    return this.sendTo(message, { address: GROUPS[this.place.family], port: MDNS_PORT })
  }

  sendTo(message: Buffer, { address, port }: Sender): Promise<Error | undefined> {
    const { promise, resolve } = Promise.withResolvers<Error | undefined>()
    try {
      this.#socket.send(message, port, address, (error) => resolve(error ?? undefined))
    } catch (error) {
      // The socket is closed.
      resolve(error instanceof Error ? error : new Error(String(error)))
    }
    return promise
  }

  close(): void {
    this.#socket.close()
  }
}

function bound(socket: Socket, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  socket.once('error', reject)
  socket.bind({ port, exclusive: true }, () => {
    socket.off('error', reject)
    resolve()
  })
  return promise
}

function setUp(socket: Socket, place: LinkPlace): void {
  const outgoing = outgoingInterface(place)
  socket.addMembership(GROUPS[place.family], outgoing)
  socket.setMulticastInterface(outgoing)
  socket.setMulticastTTL(HOPS)
  socket.setTTL(HOPS)
  // Other programs of this computer look for Latchkey too.
  socket.setMulticastLoopback(true)
  socket.unref()
}

/** The system wants an address in IPv4, and in IPv6 the interface: by name, on Windows by number. */
function outgoingInterface({ family, interface: name, own, source }: LinkPlace): string {
  if (family === 'IPv4') return source
  const scope = own.map((info) => (info.family === 'IPv6' ? info.scopeid : 0)).find((id) => id > 0)
  return process.platform === 'win32' ? `::%${scope ?? 0}` : `::%${name}`
}

/**
 * Sockets of the same port receive what arrives on other interfaces too, and with a router in between anyone could send.
 * Therefore the sender must be on the link (RFC 6762, section 11).
 */
function onLinkTest({ interface: name, own }: LinkPlace): (address: string) => boolean {
  const subnets = new BlockList()
  const zones = new Set([name])
  for (const { cidr, family, ...info } of own) {
    if ('scopeid' in info) zones.add(String(info.scopeid))
    const [net, prefix] = (cidr ?? '').split('/')
    if (net !== undefined && prefix !== undefined) subnets.addSubnet(net, Number(prefix), kindOf(family))
  }
  return (address) => {
    const [bare = '', zone] = address.split('%')
    if (zone !== undefined) return zones.has(zone)
    return subnets.check(bare, kindOf(bare.includes(':') ? 'IPv6' : 'IPv4'))
  }
}

function kindOf(family: 'IPv4' | 'IPv6'): 'ipv4' | 'ipv6' {
  return family === 'IPv4' ? 'ipv4' : 'ipv6'
}
