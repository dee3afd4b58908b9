import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { type DnsMessage, type DnsRecord, readMessage } from '../../src-main/listeners/discovery/dns-message.ts'
import type { LanHost } from '../support/namespaces.ts'
import { until } from '../support/until.ts'

/** Somebody in a network who hears all multicast DNS and can send any datagram. */
export interface MdnsPeer {
  /** What was heard so far, also from this peer itself. */
  readonly heard: readonly Heard[]
  /** Waits for a message that this accepts, heard after the first `after`. */
  hear(accepts: (message: Heard) => boolean, what: string, after?: number): Promise<Heard>
  /** Sends it, and resolves when all are sent. */
  say(datagram: Buffer, times?: number): Promise<void>
}

export interface Heard extends DnsMessage {
  readonly from: string
  readonly port: number
  /** ms of performance.now(). */
  readonly at: number
}

const CHILD = fileURLToPath(new URL('mdns-peer.child.ts', import.meta.url))

/** `port`: the one that it sends from; only 5353 hears everybody. */
export async function startMdnsPeer(host: LanHost, port = 5353): Promise<MdnsPeer> {
  const child = host.spawn([process.execPath, CHILD, host.address, String(port)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const heard: Heard[] = []
  let isReady = false
  let sent = 0
  createInterface({ input: child.stdout as Readable }).on('line', (line) => {
    const [from = '', fromPort = '', hex = ''] = line.split(' ')
    if (from === 'ready') isReady = true
    else if (from === 'sent') sent += 1
    else {
      const message = readMessage(Buffer.from(hex, 'hex'))
      if (message !== undefined) heard.push({ ...message, from, port: Number(fromPort), at: performance.now() })
    }
  })
  await until(() => isReady, 'the peer to listen')
  let said = 0
  return {
    heard,
    hear: (accepts, what, after = 0) => until(() => heard.slice(after).find(accepts), what),
    async say(datagram, times = 1) {
      said += 1
      const mine = said
      child.stdin?.write(`${times} ${datagram.toString('hex')}\n`)
      await until(() => sent >= mine, 'the datagrams to be sent')
    },
  }
}

export function recordsIn({ answers, additionals }: DnsMessage): DnsRecord[] {
  return [...answers, ...additionals]
}

/** True for a message from this address that announces the service under this name. */
export function announces(name: string, from?: string): (message: Heard) => boolean {
  const instance = `${name}._latchkey._tcp.local`
  return (message) =>
    !message.isQuery &&
    (from === undefined || message.from === from) &&
    message.answers.some(({ type, data, ttl }) => type === 'PTR' && data === instance && ttl > 0)
}

/** True for a message that withdraws it. */
export function withdraws(name: string): (message: Heard) => boolean {
  const instance = `${name}._latchkey._tcp.local`
  return ({ isQuery, answers }) =>
    !isQuery && answers.some(({ type, data, ttl }) => type === 'PTR' && data === instance && ttl === 0)
}
