import { networkInterfaces } from 'node:os'
import type { Announcement } from '../ports.ts'
import { contestIn, losesTo, withdraws } from './contests.ts'
import { type DnsMessage, normalAddress, readMessage, writeQuery, writeResponse } from './dns-message.ts'
import { Link, type LinkPlace, type Sender } from './link.ts'
import { numberedHost, numberedInstance } from './names.ts'
import { Responder } from './responder.ts'
import { namesOf, recordsOf, type Service, type ServiceRecords } from './service-records.ts'

/** RFC 6762, section 8.1. */
const PROBES = 3
const PROBE_EVERY_MS = 250
/** After a lost tie: the other one is known by then, or it was an echo of an old probe. */
const AFTER_TIE_MS = 1_000
/** A host that answers to every name must not keep Latchkey busy. */
const MOST_NAMES = 10
const PAUSE_PER_NAME_MS = 250
/** How often a claim to our name by somebody who does not defend it can silence us, for less than a second. */
const DOUBT_EVERY_MS = 10_000
/** Three times, because a datagram can be lost. */
const ANNOUNCE_AGAIN_MS = [1_000, 2_000]
/** Latchkey then asks again for its first name, because the other holder may have left. */
const RECLAIM_EVERY_MS = 600_000
const RECLAIM_WAIT_MS = 1_000
const AFTER_GOODBYE_MS = 1_000
const GOODBYE_AGAIN_MS = 100

export interface AdvertisementOptions {
  readonly announcement: Omit<Announcement, 'addresses'>
  /** Called with the name that is announced from now on. */
  readonly onAnnounced: (name: string) => void
  /** Called once, and then it is closed: the name cannot be had, or nothing can be sent. */
  readonly onFailed: (why: 'name taken' | 'cannot send') => void
}

type Phase = 'new' | 'probing' | 'announced' | 'closed'

/** One service, announced under one name on several links. */
export class Advertisement {
  readonly #options: AdvertisementOptions
  readonly #responders: Responder[] = []
  #phase: Phase = 'new'
  /** The numbers in the names: `(2)`, `-2`. */
  #instanceNumber = 1
  #hostNumber = 1
  #ownsHost = true
  #probes = 0
  #names = 0
  #probedAt = Number.NEGATIVE_INFINITY
  /** Set while it asks whether its first name is free again. */
  #reclaim: { isTaken: boolean } | undefined
  #timer: NodeJS.Timeout | undefined
  #host: string | undefined
  /** What others know of it. While it probes for another name, this one stays until the other is certain. */
  #known: Service | undefined

  constructor(options: AdvertisementOptions) {
    this.#options = options
  }

  /** The host name that it announces; undefined before it is certain. */
  get host(): string | undefined {
    return this.#host
  }

  /** Rejects with the system's error if the port cannot be used on this link. Call `probe` afterwards. */
  async add(place: LinkPlace): Promise<void> {
    const link = await Link.open(place, (datagram, from) => this.#receive(datagram, from, responder))
    const responder = new Responder(link)
    if (this.#phase === 'closed') return responder.close()
    this.#responders.push(responder)
  }

  /** Makes sure that the names are free, and announces them. */
  probe(afterMs = Math.random() * PROBE_EVERY_MS): void {
    this.#phase = 'probing'
    this.#probes = 0
    this.#ownsHost = true
    this.#reclaim = undefined
    for (const responder of this.#responders) responder.records = undefined
    this.#later(afterMs, () => this.#sendProbe())
  }

  /** Announces again what others may have forgotten, such as after this computer slept. */
  announceAgain(): void {
    if (this.#phase === 'announced') void this.#announce(ANNOUNCE_AGAIN_MS)
  }

  /** Withdraws the announcement and closes the sockets. */
  async close(): Promise<void> {
    if (this.#phase === 'closed') return
    this.#end()
    if (this.#known !== undefined) {
      await this.#sayGoodbye(this.#known)
      await new Promise((resolve) => setTimeout(resolve, GOODBYE_AGAIN_MS))
      await this.#sayGoodbye(this.#known)
    }
    for (const responder of this.#responders) responder.close()
  }

  #receive(datagram: Buffer, from: Sender, responder: Responder): void {
    const message = readMessage(datagram)
    if (message === undefined || this.#phase === 'closed') return
    if (!message.isQuery) return this.#takeResponse(message, responder)
    if (this.#phase === 'announced') return responder.take(message, from)
    if (this.#phase === 'probing' && losesTo(message, this.#recordsOn(responder), ownAddresses)) {
      this.probe(AFTER_TIE_MS)
    }
  }

  #takeResponse(message: DnsMessage, responder: Responder): void {
    this.#watchFirstName(message, responder)
    const contest = contestIn(message, this.#recordsOn(responder), ownAddresses)
    if (this.#phase === 'announced') {
      responder.keep([...message.answers, ...message.additionals].filter(({ ttl }) => ttl === 0))
      if (contest.instance || contest.host === 'another') this.#doubt()
    } else if (this.#probes > 0) {
      if (contest.host === 'this computer') this.#ownsHost = false
      if (contest.instance || contest.host === 'another') this.#takeNextName(contest)
    }
  }

  /** Somebody claims our name. They get it if they answer to a probe. */
  #doubt(): void {
    const wait = this.#probedAt + DOUBT_EVERY_MS - performance.now()
    if (wait <= 0) this.probe(0)
    else this.#later(wait, () => this.probe(0))
  }

  #takeNextName({ instance, host }: { instance: boolean; host: string }): void {
    if (instance) this.#instanceNumber += 1
    if (host === 'another') this.#hostNumber += 1
    this.#names += 1
    // The name is the other one's now, and a goodbye would withdraw it.
    if (instance && this.#known?.instance === this.#service(this.#instanceNumber - 1).instance) this.#known = undefined
    if (this.#names > MOST_NAMES) return this.#fail('name taken')
    this.probe(this.#names * PAUSE_PER_NAME_MS)
  }

  async #sendProbe(): Promise<void> {
    if (this.#probes === PROBES) return this.#claim()
    this.#probedAt = performance.now()
    const questions = namesOf(this.#service()).map((name) => ({ name, type: 'ANY' }))
    this.#probes += 1
    this.#later(PROBE_EVERY_MS, () => this.#sendProbe())
    const errors = await Promise.all(
      this.#responders.map((responder) => {
        const { server, text, consoleServer, consoleText, address } = this.#recordsOn(responder)
        // Not flagged as the only ones, because they are not yet.
        const authorities = [...server, ...text, ...consoleServer, ...consoleText, ...address].map((record) => ({
          ...record,
          flush: false,
        }))
        return responder.link.send(writeQuery({ questions, authorities }))
      }),
    )
    if (this.#phase === 'probing' && errors.every((error) => error !== undefined)) this.#fail('cannot send')
  }

  #claim(): void {
    this.#phase = 'announced'
    this.#names = 0
    for (const responder of this.#responders) responder.records = this.#recordsOn(responder)
    const former = this.#known
    const service = this.#service()
    this.#known = service
    this.#host = service.host
    this.#options.onAnnounced(service.instance)
    void this.#replace(former, service)
  }

  async #replace(former: Service | undefined, { instance, host }: Service): Promise<void> {
    if (former !== undefined && (former.instance !== instance || former.host !== host)) await this.#sayGoodbye(former)
    if (this.#phase === 'announced') await this.#announce(ANNOUNCE_AGAIN_MS)
  }

  async #announce([next, ...rest]: readonly number[]): Promise<void> {
    if (next !== undefined) this.#later(next, () => this.#announce(rest))
    else if (this.#hasOtherName()) this.#later(RECLAIM_EVERY_MS, () => this.#askForFirstName())
    await Promise.all(this.#responders.map((responder) => responder.announce()))
  }

  #hasOtherName(): boolean {
    return this.#instanceNumber > 1 || this.#hostNumber > 1
  }

  async #askForFirstName(): Promise<void> {
    const reclaim = { isTaken: false }
    this.#reclaim = reclaim
    this.#later(RECLAIM_WAIT_MS, () => this.#endReclaim(reclaim))
    const questions = namesOf(this.#service(1, 1)).map((name) => ({ name, type: 'ANY' }))
    await Promise.all(this.#responders.map(({ link }) => link.send(writeQuery({ questions }))))
  }

  #watchFirstName(message: DnsMessage, responder: Responder): void {
    const records = recordsOf(this.#service(1, 1), responder.link.place.announced)
    const { instance, host } = contestIn(message, records, ownAddresses)
    if (this.#reclaim !== undefined && (instance || host === 'another')) this.#reclaim.isTaken = true
    if (this.#phase === 'announced' && this.#hasOtherName() && withdraws(message, records)) {
      this.#later(AFTER_GOODBYE_MS, () => this.#askForFirstName())
    }
  }

  #endReclaim({ isTaken }: { isTaken: boolean }): void {
    this.#reclaim = undefined
    if (isTaken) return this.#later(RECLAIM_EVERY_MS, () => this.#askForFirstName())
    this.#instanceNumber = 1
    this.#hostNumber = 1
    this.probe(0)
  }

  async #sayGoodbye(service: Service): Promise<void> {
    await Promise.all(this.#responders.map(({ link }) => link.send(goodbye(service, link.place))))
  }

  #service(instanceNumber = this.#instanceNumber, hostNumber = this.#hostNumber): Service {
    const { name, host, port, isSecure, consolePort } = this.#options.announcement
    return {
      instance: numberedInstance(name, instanceNumber),
      host: numberedHost(host, hostNumber),
      ownsHost: this.#ownsHost,
      port,
      isSecure,
      consolePort,
    }
  }

  #recordsOn({ link }: Responder): ServiceRecords {
    return recordsOf(this.#service(), link.place.announced)
  }

  #fail(why: 'name taken' | 'cannot send'): void {
    this.#end()
    for (const responder of this.#responders) responder.close()
    this.#options.onFailed(why)
  }

  #end(): void {
    this.#phase = 'closed'
    clearTimeout(this.#timer)
    for (const responder of this.#responders) responder.records = undefined
  }

  #later(ms: number, run: () => unknown): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void run(), ms)
    this.#timer.unref()
  }
}

/** The records of others with the same data, such as the types', stay. */
const WITHDRAWN_KINDS = ['pointer', 'server', 'text', 'consolePointer', 'consoleServer', 'consoleText'] as const

function goodbye(service: Service, { announced }: LinkPlace): Buffer {
  const records = recordsOf(service, announced, 0)
  const kinds = service.ownsHost ? [...WITHDRAWN_KINDS, 'address' as const] : WITHDRAWN_KINDS
  return writeResponse({ answers: kinds.flatMap((kind) => records[kind]) })
}

function ownAddresses(): ReadonlySet<string> {
  const infos = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  return new Set(infos.map(({ address }) => normalAddress(address)))
}
