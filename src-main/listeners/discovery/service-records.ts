import { isIPv4 } from 'node:net'
import type { DnsRecord } from './dns-message.ts'

export const SERVICE_TYPE = '_latchkey._tcp.local'
/** By which browsers of services show web pages. */
export const CONSOLE_TYPE = '_https._tcp.local'
/** A question for all types of services on a network (RFC 6763, section 9). */
const ALL_TYPES = '_services._dns-sd._udp.local'
/** The version of the TXT record's fields. */
const TEXT_VERSION = '1'

/** After a crash nothing withdraws the records, so they live as short as RFC 6762 allows for names of hosts. */
export const TTL_S = 120

/** What is announced. */
export interface Service {
  /** The name that people see: `Latchkey on box (2)`. */
  readonly instance: string
  /** `box.local`. */
  readonly host: string
  /** False if the system, or another program of this computer, answers for the host's name as well. */
  readonly ownsHost: boolean
  readonly port: number
  readonly isSecure: boolean
  /** The port of the console; null while other devices cannot open it. */
  readonly consolePort: number | null
}

/** The kinds of records, in the order in which they are announced. */
export const ANNOUNCED_KINDS = [
  'types',
  'pointer',
  'server',
  'text',
  'consoleTypes',
  'consolePointer',
  'consoleServer',
  'consoleText',
  'address',
] as const
/** `absent` says which other types a name does not have, so that nobody waits for them (RFC 6762, section 6.1). */
export const RECORD_KINDS = [...ANNOUNCED_KINDS, 'absent'] as const
export type RecordKind = (typeof RECORD_KINDS)[number]
export type ServiceRecords = Readonly<Record<RecordKind, readonly DnsRecord[]>>

/** `addresses`: those of the interface on which the records are sent. */
export function recordsOf(service: Service, addresses: readonly string[], ttl = TTL_S): ServiceRecords {
  const name = instanceName(service)
  const shared = { ttl, flush: false }
  const unique = { ttl, flush: true }
  return {
    types: [{ ...shared, name: ALL_TYPES, type: 'PTR', data: SERVICE_TYPE }],
    pointer: [{ ...shared, name: SERVICE_TYPE, type: 'PTR', data: name }],
    server: [{ ...unique, name, type: 'SRV', data: { port: service.port, target: service.host } }],
    text: [{ ...unique, name, type: 'TXT', data: textOf(service) }],
    ...consoleRecordsOf(service, { shared, unique }),
    address: addresses.map((data) => ({
      // The system may announce further addresses by this name, which nobody may forget because of ours.
      ...(service.ownsHost ? unique : shared),
      name: service.host,
      type: addressType(data),
      data,
    })),
    absent: service.ownsHost
      ? [{ ...unique, name: service.host, type: 'NSEC', data: onlyTypes(service, addresses) }]
      : [],
  }
}

type ConsoleKind = Extract<RecordKind, `console${string}`>
type Life = Pick<DnsRecord, 'ttl' | 'flush'>

function consoleRecordsOf(
  service: Service,
  { shared, unique }: { readonly shared: Life; readonly unique: Life },
): Pick<ServiceRecords, ConsoleKind> {
  const { consolePort: port, host: target } = service
  if (port === null) return { consoleTypes: [], consolePointer: [], consoleServer: [], consoleText: [] }
  const name = consoleName(service)
  return {
    consoleTypes: [{ ...shared, name: ALL_TYPES, type: 'PTR', data: CONSOLE_TYPE }],
    consolePointer: [{ ...shared, name: CONSOLE_TYPE, type: 'PTR', data: name }],
    consoleServer: [{ ...unique, name, type: 'SRV', data: { port, target } }],
    consoleText: [{ ...unique, name, type: 'TXT', data: [Buffer.from('path=/')] }],
  }
}

function onlyTypes({ host }: Service, addresses: readonly string[]) {
  return { nextDomain: host, rrtypes: [...new Set(addresses.map(addressType))] }
}

function addressType(address: string): 'A' | 'AAAA' {
  return isIPv4(address) ? 'A' : 'AAAA'
}

export function instanceName({ instance }: Pick<Service, 'instance'>): string {
  return `${instance}.${SERVICE_TYPE}`
}

/** The name under which the console is announced. */
export function consoleName({ instance }: Pick<Service, 'instance'>): string {
  return `${instance}.${CONSOLE_TYPE}`
}

/** The names that must be Latchkey's alone. */
export function namesOf(service: Pick<Service, 'instance' | 'host' | 'consolePort'>): string[] {
  const names = [instanceName(service), service.host]
  return service.consolePort === null ? names : [...names, consoleName(service)]
}

/** Nothing about the person or the version of Latchkey: everyone on the network reads it. */
function textOf({ isSecure }: Service): Buffer[] {
  return [`txtvers=${TEXT_VERSION}`, 'path=/', `tls=${isSecure ? 1 : 0}`].map((field) => Buffer.from(field))
}
