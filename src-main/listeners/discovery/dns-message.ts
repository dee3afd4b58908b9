import { isIPv6 } from 'node:net'
import packet from 'dns-packet'

/** The records that DNS-SD consists of (RFC 6763), and NSEC, which says that a name has no others. */
export type DnsRecord = RecordHead &
  (
    | { readonly type: 'PTR'; readonly data: string }
    | { readonly type: 'SRV'; readonly data: { readonly port: number; readonly target: string } }
    | { readonly type: 'TXT'; readonly data: readonly Buffer[] }
    | { readonly type: 'A' | 'AAAA'; readonly data: string }
    | { readonly type: 'NSEC'; readonly data: { readonly nextDomain: string; readonly rrtypes: readonly string[] } }
  )

interface RecordHead {
  readonly name: string
  /** Seconds. 0: the record is withdrawn. */
  readonly ttl: number
  /** True if this is the only record of its name and type, so that others may forget older ones (RFC 6762, 10.2). */
  readonly flush: boolean
}

export interface DnsQuestion {
  readonly name: string
  readonly type: string
}

export interface DnsMessage {
  readonly id: number
  readonly isQuery: boolean
  /** In a query: known answers follow in a further message. */
  readonly isTruncated: boolean
  readonly questions: readonly DnsQuestion[]
  readonly answers: readonly DnsRecord[]
  readonly authorities: readonly DnsRecord[]
  readonly additionals: readonly DnsRecord[]
}

/**
 * RFC 6762, section 17, allows 9,000 bytes in networks with larger packets. In so many bytes compressed names can take
 * 30 ms to parse, in these 1 ms.
 */
const LONGEST_MESSAGE = 1_500
const OPCODE_AND_RCODE = 0x78_0f
const TRUNCATED = 0x02_00

/** Parses a datagram from the network. Undefined if it is malformed or no multicast DNS; records of other types are left out. */
export function readMessage(datagram: Buffer): DnsMessage | undefined {
  if (datagram.length > LONGEST_MESSAGE) return undefined
  try {
    return messageOf(packet.decode(datagram))
  } catch {
    return undefined
  }
}

function messageOf(found: packet.DecodedPacket): DnsMessage | undefined {
  const flags = found.flags ?? 0
  // RFC 6762, sections 18.3 and 18.11: others are not multicast DNS.
  if ((flags & OPCODE_AND_RCODE) !== 0) return undefined
  return {
    id: found.id ?? 0,
    isQuery: found.type === 'query',
    isTruncated: (flags & TRUNCATED) !== 0,
    questions: (found.questions ?? []).map(({ name, type }) => ({ name, type })),
    answers: recordsIn(found.answers),
    authorities: recordsIn(found.authorities),
    additionals: recordsIn(found.additionals),
  }
}

function recordsIn(found: readonly packet.Answer[] = []): DnsRecord[] {
  return found.flatMap((answer) => recordOf(answer) ?? [])
}

function recordOf(answer: packet.Answer): DnsRecord | undefined {
  if (answer.type === 'OPT') return undefined
  const { name, ttl = 0, flush = false } = answer
  const head = { name, ttl, flush }
  switch (answer.type) {
    case 'PTR':
      return { ...head, type: 'PTR', data: answer.data }
    case 'A':
    case 'AAAA':
      return { ...head, type: answer.type, data: normalAddress(answer.data) }
    case 'SRV':
      return { ...head, type: 'SRV', data: { port: answer.data.port, target: answer.data.target } }
    case 'TXT':
      return { ...head, type: 'TXT', data: [answer.data].flat().map((text) => Buffer.from(text)) }
    default:
      return undefined
  }
}

/** One spelling for each address, so that addresses can be compared as texts. */
export function normalAddress(address: string): string {
  const [bare = ''] = address.split('%', 1)
  return isIPv6(bare) ? new URL(`http://[${bare}]`).hostname.slice(1, -1) : bare
}

export interface NewMessage {
  readonly id?: number
  readonly questions?: readonly DnsQuestion[]
  readonly answers?: readonly DnsRecord[]
  readonly authorities?: readonly DnsRecord[]
  readonly additionals?: readonly DnsRecord[]
}

export function writeQuery(message: NewMessage): Buffer {
  return write('query', 0, message)
}

/** A response is always authoritative (RFC 6762, section 18.4). */
export function writeResponse(message: NewMessage): Buffer {
  return write('response', packet.AUTHORITATIVE_ANSWER, message)
}

function write(type: 'query' | 'response', flags: number, message: NewMessage): Buffer {
  const { id = 0, questions = [], answers = [], authorities = [], additionals = [] } = message
  return packet.encode({
    type,
    id,
    flags,
    questions: questions.map(({ name, type: asked }) => ({ name, type: asked as packet.RecordType, class: 'IN' })),
    answers: answers.map(asAnswer),
    authorities: authorities.map(asAnswer),
    additionals: additionals.map(asAnswer),
  })
}

function asAnswer(record: DnsRecord): packet.Answer {
  return { ...record, class: 'IN' } as packet.Answer
}

/** DNS compares only ASCII letters without case (RFC 6762, section 16). */
export function isSameName(one: string, other: string): boolean {
  return lowerCase(one) === lowerCase(other)
}

function lowerCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

export function isSameRecord(one: DnsRecord, other: DnsRecord): boolean {
  return one.type === other.type && isSameName(one.name, other.name) && comparable(one).equals(comparable(other))
}

/** Names in the data have no case either. */
function comparable(record: DnsRecord): Buffer {
  if (record.type === 'PTR') return rdataOf({ ...record, data: lowerCase(record.data) })
  if (record.type !== 'SRV') return rdataOf(record)
  return rdataOf({ ...record, data: { ...record.data, target: lowerCase(record.data.target) } })
}

const RDATA_AT = packet.encodingLength({ answers: [{ type: 'TXT', name: '.', data: [] }] })

/** The record's data as it is on the wire, without compression: for comparisons (RFC 6762, section 8.2). */
export function rdataOf(record: DnsRecord): Buffer {
  return packet.encode({ answers: [asAnswer({ ...record, name: '.' })] }).subarray(RDATA_AT)
}
