import { type DnsMessage, type DnsRecord, isSameName, isSameRecord, rdataOf } from './dns-message.ts'
import type { ServiceRecords } from './service-records.ts'

/** The claims of a message to Latchkey's names. */
export interface Contest {
  /** Somebody else has the service's name. */
  readonly instance: boolean
  /** Somebody answers for the host's name: this computer's own responder, or another computer. */
  readonly host: 'nobody' | 'this computer' | 'another'
}

/** Finds out from a response who holds Latchkey's names. `own`: all addresses of this computer. */
export function contestIn(
  { answers, additionals }: DnsMessage,
  records: ServiceRecords,
  own: () => ReadonlySet<string>,
): Contest {
  const theirs = [...answers, ...additionals].filter(({ ttl }) => ttl > 0)
  return {
    instance: servicesOf(records).some((service) => unlike(theirs, service).length > 0),
    host: hostHolder(ofNameOf(theirs, records.address), own),
  }
}

/**
 * Whether another computer that asks for the same names at the same moment gets them: the one whose records come later
 * in the order of bytes (RFC 6762, section 8.2).
 */
export function losesTo({ authorities }: DnsMessage, records: ServiceRecords, own: () => ReadonlySet<string>): boolean {
  const host = records.address
  const theirHost = ofNameOf(authorities, host)
  return (
    servicesOf(records).some((service) => isEarlier(service, ofNameOf(authorities, service))) ||
    // A probe of this computer, on another link or by the system's responder, takes nothing away.
    (hostHolder(theirHost, own) === 'another' && isEarlier(host, theirHost))
  )
}

/** Whether somebody gives up a service with this name. */
export function withdraws({ answers }: DnsMessage, { server }: ServiceRecords): boolean {
  return ofNameOf(answers, server).some(({ ttl }) => ttl === 0)
}

/** The records of each service, which have one name. */
function servicesOf({ server, text, consoleServer, consoleText }: ServiceRecords): DnsRecord[][] {
  return [
    [...server, ...text],
    [...consoleServer, ...consoleText],
  ]
}

function hostHolder(addresses: readonly DnsRecord[], own: () => ReadonlySet<string>): Contest['host'] {
  if (addresses.length === 0) return 'nobody'
  const ours = own()
  return addresses.every(({ data }) => typeof data === 'string' && ours.has(data)) ? 'this computer' : 'another'
}

/** Those with the name and type of one of ours, but other data. Equal data is no conflict (RFC 6762, section 9). */
function unlike(theirs: readonly DnsRecord[], ours: readonly DnsRecord[]): DnsRecord[] {
  return ofNameOf(theirs, ours).filter((record) => !ours.some((one) => isSameRecord(one, record)))
}

function ofNameOf(theirs: readonly DnsRecord[], ours: readonly DnsRecord[]): DnsRecord[] {
  const types = ours.map(({ type }) => type)
  const [first] = ours
  if (first === undefined) return []
  return theirs.filter(({ name, type }) => isSameName(name, first.name) && isOfKind(type, types))
}

/** The host's name is one name in both address families. */
function isOfKind(type: string, types: readonly string[]): boolean {
  const isAddress = (one: string) => one === 'A' || one === 'AAAA'
  return types.includes(type) || (isAddress(type) && types.some(isAddress))
}

function isEarlier(ours: readonly DnsRecord[], theirs: readonly DnsRecord[]): boolean {
  if (theirs.length === 0) return false
  const [mine, other] = [inOrder(ours), inOrder(theirs)]
  for (const [index, theirRecord] of other.entries()) {
    const record = mine[index]
    // Whoever runs out of records first loses.
    if (record === undefined) return true
    const order = Buffer.compare(record, theirRecord)
    if (order !== 0) return order < 0
  }
  return false
}

function inOrder(records: readonly DnsRecord[]): Buffer[] {
  return records.map(comparable).sort(Buffer.compare)
}

const TYPE_NUMBERS: Readonly<Record<DnsRecord['type'], number>> = {
  A: 1,
  PTR: 12,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  NSEC: 47,
}

/** All are of the class IN, so the type and then the data decide. */
function comparable(record: DnsRecord): Buffer {
  return Buffer.concat([Buffer.of(0, TYPE_NUMBERS[record.type]), rdataOf(record)])
}
