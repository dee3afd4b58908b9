import { isIP } from 'node:net'
import { visiblePart } from '#shared/text/visible-text.ts'
import { type DnsMessage, type DnsQuestion, type DnsRecord, isSameName } from './dns-message.ts'
import { SERVICE_TYPE } from './service-records.ts'

/** A Latchkey that announces itself. Anyone in the network can announce anything, so nothing here is proven. */
export interface FoundService {
  readonly name: string
  /** `box.local` */
  readonly host: string
  readonly addresses: readonly string[]
  readonly port: number
  /** null: it does not say. */
  readonly tls: boolean | null
  /** The version of its announcement; null: it does not say. */
  readonly version: number | null
}

/** A home has a few; the rest is an attempt to fill the memory or the terminal. */
const MOST_SERVICES = 100
const MOST_HOSTS = 200
const MOST_ADDRESSES = 8
const LONGEST_NAME = 63
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]{0,62})\.){1,3}local$/
const SUFFIX = `.${SERVICE_TYPE}`

interface Sighting {
  readonly instance: string
  server?: { readonly host: string; readonly port: number }
  text?: ReadonlyMap<string, string>
}

/** Collects what the messages of a network say about services, and checks every text. */
export class FoundServices {
  readonly #services = new Map<string, Sighting>()
  readonly #addresses = new Map<string, Set<string>>()

  take({ answers, additionals }: Pick<DnsMessage, 'answers' | 'additionals'>): void {
    for (const record of [...answers, ...additionals]) this.#take(record)
  }

  /** What is still to be asked for. */
  missing(): DnsQuestion[] {
    return [...this.#services.values()].flatMap(({ instance, server, text }) => [
      ...(server === undefined && canBeAsked(instance) ? [{ name: instance, type: 'SRV' }] : []),
      ...(text === undefined && canBeAsked(instance) ? [{ name: instance, type: 'TXT' }] : []),
      ...(server !== undefined && !this.#addresses.has(server.host) ? bothTypes(server.host) : []),
    ])
  }

  /** Those of which name, host and port are known, by name. */
  list(): FoundService[] {
    return [...this.#services.values()]
      .flatMap(({ instance, server, text }) => {
        if (server === undefined) return []
        const addresses = [...(this.#addresses.get(server.host) ?? [])].sort(v4First)
        return [{ name: nameOf(instance), ...server, addresses, tls: tlsOf(text), version: versionOf(text) }]
      })
      .sort((one, other) => one.name.localeCompare(other.name, 'en'))
  }

  #take(record: DnsRecord): void {
    if (record.type === 'A' || record.type === 'AAAA') return this.#takeAddress(record)
    if (record.type === 'PTR' && isSameName(record.name, SERVICE_TYPE)) return this.#takePointer(record)
    const sighting = this.#services.get(record.name.toLowerCase())
    if (sighting === undefined || record.ttl === 0) return
    if (record.type === 'TXT') sighting.text = fieldsOf(record.data)
    if (record.type === 'SRV') {
      const host = record.data.target.toLowerCase()
      if (HOST.test(host) && record.data.port > 0) sighting.server = { host, port: record.data.port }
    }
  }

  #takePointer({ data: instance, ttl }: { readonly data: string; readonly ttl: number }): void {
    const key = instance.toLowerCase()
    if (ttl === 0) this.#services.delete(key)
    else if (key.endsWith(SUFFIX) && !this.#services.has(key) && this.#services.size < MOST_SERVICES) {
      this.#services.set(key, { instance })
    }
  }

  #takeAddress({ name, data, ttl }: { readonly name: string; readonly data: string; readonly ttl: number }): void {
    const host = name.toLowerCase()
    const known = this.#addresses.get(host)
    if (ttl === 0) known?.delete(data)
    if (ttl === 0 || !HOST.test(host) || isIP(data) === 0) return
    if (known === undefined && this.#addresses.size >= MOST_HOSTS) return
    const addresses = known ?? new Set<string>()
    if (addresses.size < MOST_ADDRESSES) addresses.add(data)
    this.#addresses.set(host, addresses)
  }
}

/** The library cannot write a label with a dot or with invalid UTF-8, which others may send. */
function canBeAsked(instance: string): boolean {
  return !/[.\ufffd]/.test(instance.slice(0, -SUFFIX.length))
}

function bothTypes(name: string): DnsQuestion[] {
  return ['A', 'AAAA'].map((type) => ({ name, type }))
}

function nameOf(instance: string): string {
  return visiblePart(instance.slice(0, -SUFFIX.length), LONGEST_NAME)
}

/** RFC 6763, section 6: of two fields with one name the first counts. */
function fieldsOf(data: readonly Buffer[]): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (const entry of data) {
    const [name = '', value = ''] = entry.toString('latin1').split('=', 2)
    if (!fields.has(name.toLowerCase())) fields.set(name.toLowerCase(), value)
  }
  return fields
}

function tlsOf(text: ReadonlyMap<string, string> | undefined): boolean | null {
  const value = text?.get('tls')
  return value === '1' || value === '0' ? value === '1' : null
}

function versionOf(text: ReadonlyMap<string, string> | undefined): number | null {
  const value = text?.get('txtvers') ?? ''
  return /^\d{1,4}$/.test(value) ? Number(value) : null
}

function v4First(one: string, other: string): number {
  return isIP(one) - isIP(other)
}
