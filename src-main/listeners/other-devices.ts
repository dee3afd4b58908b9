import { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import type { AuthorityCertificate, DiscoveryState, LanCertificate, LanState } from '#shared/lan/lan.ts'
import { usableUrls } from '#shared/lan/usable-urls.ts'
import { urlHost } from '#shared/settings/network.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { Delayer } from '../base/delayer.ts'
import type { SecretVault } from '../base/host.ts'
import type { Log } from '../base/log.ts'
import { Sequencer } from '../base/sequencer.ts'
import { AuthoritySource } from './authority/authority-source.ts'
import { Devices } from './devices/devices.ts'
import { DevicesFile, readDevices } from './devices/devices-file.ts'
import { LAN_PROBLEMS } from './lan-problems.ts'
import type { MachineNames } from './machine-names.ts'
import type { AnswerTrust, Reach, TrustAnswer, TrustFacts, TrustRequest } from './ports.ts'
import { CertificateFiles } from './tls/certificate-files.ts'
import { Entrance, type EntranceOptions } from './tls/entrance.ts'
import { PlainResponder } from './tls/plain-responder.ts'
import { secureContextOf } from './tls/secure-context.ts'
import { type CertificateSource, isNamed, type ServedCertificate } from './tls/served-certificate.ts'

/** The settings that other devices depend on. */
export type LanSettings = Pick<Settings, 'lan' | 'lanTls' | 'lanCertificateFile' | 'lanKeyFile'>

export interface OtherDevicesOptions {
  readonly dataDir: string
  /** Of the authority's key. */
  readonly vault: SecretVault
  readonly log: Pick<Log, 'info' | 'warn'>
  readonly now: () => number
  readonly names: () => MachineNames
  /** This computer's network addresses. */
  readonly ownAddresses: () => readonly string[]
  /** Where other devices reach the gateway now. */
  readonly listening: () => { readonly addresses: readonly string[]; readonly port: number }
  /** True for a name in a Host header that the gateway accepts. */
  readonly isOwnName: (name: string) => boolean
  /** Ends exchanges of other devices without TLS. */
  readonly endUnencrypted: () => void
  readonly answerTrust: AnswerTrust
  readonly discovery: () => DiscoveryState
  /** Called at most once a second. */
  readonly onChange: () => void
  readonly limits?: EntranceOptions['limits']
}

const TOLD_AFTER_MS = 1_000

/** What other devices meet: the entrance, its certificate, the page to trust it, and what is known of them. */
export class OtherDevices {
  readonly #options: OtherDevicesOptions
  readonly #devices: Devices
  readonly #file: DevicesFile
  readonly #teller: Delayer
  readonly entrance: Entrance
  /** A look that began before a change must not set the entrance after it. */
  readonly #sequencer = new Sequencer()
  #settings: LanSettings
  #source: CertificateSource | undefined
  /** What the entrance was last set to, and the state that was last told. */
  #mode: readonly unknown[] = []
  #told = ''
  #hasArrived = false
  /** This computer's addresses at the last look. Reading them for each request would cost more than the request. */
  #own: ReadonlySet<string> = new Set()

  /** `settings` take effect with `follow`. */
  constructor(options: OtherDevicesOptions, settings: LanSettings) {
    this.#options = options
    this.#settings = settings
    this.#teller = new Delayer({ delayMs: TOLD_AFTER_MS, run: options.onChange })
    const path = join(this.#folder, 'devices.json')
    this.#file = new DevicesFile({ path, log: options.log, devices: () => this.#devices.stored() })
    this.#devices = new Devices({ stored: readDevices(path), now: options.now, onChange: () => this.#noteDevices() })
    this.entrance = this.#createEntrance()
  }

  get #folder(): string {
    return join(this.#options.dataDir, 'lan')
  }

  /**
   * Prepares the certificate and sets the entrance, before the listeners move. Never rejects: without a certificate no
   * connection becomes secure, and the state says why.
   */
  follow(settings: LanSettings): Promise<void> {
    return this.#sequencer.queue(async () => {
      if (sourceOf(settings) !== sourceOf(this.#settings)) this.#source = undefined
      this.#settings = settings
      await this.#lookAtCertificate()
    })
  }

  /** Looks for changes of certificates, addresses and names. Call it every few seconds while others are let in. */
  async look(): Promise<void> {
    await this.#sequencer.queue(() => this.#lookAtCertificate())
    const state = JSON.stringify({ ...this.state(), devices: [] })
    if (state !== this.#told) this.#teller.trigger()
    this.#told = state
  }

  state(): LanState {
    const { discovery, listening } = this.#options
    const { addresses, port } = listening()
    const authority = this.#authoritySource?.authority() ?? null
    return {
      ...this.#place(),
      trustUrl: this.#trustUrl(addresses, port),
      authority,
      problem: this.#source?.problem ?? null,
      devices: this.#devices.list(authority?.fingerprint),
      discovery: discovery(),
      arrivedFromOutside: this.#hasArrived,
    }
  }

  /** How other devices can use the gateway now. */
  reach(): Reach {
    const place = this.#place()
    const { tls, addresses, name, certificate } = place
    const { names = [] } = certificate ?? {}
    const urls = this.#isInDate(certificate) ? usableUrls(place) : []
    const isReached = urls.length > 0 || addresses.length === 0
    const problem = isReached ? null : (this.#source?.problem ?? LAN_PROBLEMS.onlyPatterns(names))
    return { urls, problem, isNamed: tls !== 'files' || isNamed(names, name) }
  }

  /** The authority's certificate; undefined if there is none. */
  certificate(): AuthorityCertificate | undefined {
    const pem = this.#authoritySource?.certificate()
    return pem === undefined ? undefined : { pem, fingerprint: new X509Certificate(pem).fingerprint256 }
  }

  /** Rejects with a PersonError; then the old authority stays. */
  async replaceAuthority(): Promise<LanState> {
    const source = this.#authoritySource ?? this.#createAuthoritySource()
    await source.replace()
    await this.look()
    return this.state()
  }

  /** A request of another device has ended. */
  used(address: string, userAgent: string | undefined): void {
    if (this.#settings.lanTls !== 'off' && !this.#isOwn(address)) this.#devices.used(address, userAgent)
  }

  /** undefined while there is no certificate, or for a path that the page does not have. */
  answerTrust(request: TrustRequest): TrustAnswer | undefined {
    const facts = this.#trustFacts()
    return facts && this.#options.answerTrust(request, facts)
  }

  /** Names in the person's own certificate, which the gateway accepts in a Host header. */
  certificateNames(): readonly string[] {
    if (this.#settings.lanTls !== 'files') return []
    return this.#served?.facts.names.filter((name) => !name.startsWith('*')) ?? []
  }

  forgetDevices(): Promise<void> {
    this.#devices.forgetAll()
    return this.#file.flush()
  }

  /** Writes what is pending. */
  close(): Promise<void> {
    this.#teller.cancel()
    return this.#file.flush()
  }

  get #served(): ServedCertificate | null {
    return this.#settings.lanTls === 'off' ? null : (this.#source?.served ?? null)
  }

  get #authoritySource(): AuthoritySource | undefined {
    return this.#source instanceof AuthoritySource ? this.#source : undefined
  }

  #place(): Pick<LanState, 'tls' | 'addresses' | 'name' | 'certificate'> {
    const { names, listening } = this.#options
    const { addresses, port } = listening()
    const { lanTls: tls } = this.#settings
    const scheme = tls === 'off' ? 'http' : 'https'
    return {
      tls,
      addresses: addresses.map((address) => ({ address, url: `${scheme}://${urlHost(address)}:${port}` })),
      name: names().local,
      certificate: this.#served?.facts ?? null,
    }
  }

  /** True without a certificate, which has other reasons. */
  #isInDate(certificate: LanCertificate | null): boolean {
    const now = this.#options.now()
    return certificate === null || (certificate.notBefore <= now && now <= certificate.notAfter)
  }

  #createEntrance(): Entrance {
    const { limits, isOwnName, now } = this.#options
    const responder = new PlainResponder({
      isOwnName,
      now,
      answerTrust: (request) => this.answerTrust(request),
      hasTrustPage: () => this.certificate() !== undefined,
      onRequest: (address, userAgent) => this.#isOwn(address) || this.#devices.named(address, userAgent),
    })
    const authority = () => this.#served?.authority ?? null
    const unlessOwn = (note: (address: string) => void) => (address: string) => {
      if (!this.#isOwn(address)) note(address)
    }
    return new Entrance({
      observer: {
        arrived: unlessOwn(() => this.#noteArrival()),
        failed: (address, reason) => unlessOwn((other) => this.#devices.failed(other, reason))(address),
        secured: unlessOwn((address) => this.#devices.secured(address, authority())),
      },
      answerPlain: (socket) => responder.take(socket),
      ...(limits === undefined ? {} : { limits }),
    })
  }

  /** This computer's own programs, such as `doctor`, use its network addresses too. */
  #isOwn(address: string): boolean {
    return this.#own.has(address)
  }

  #noteArrival(): void {
    if (this.#hasArrived) return
    this.#hasArrived = true
    this.#teller.trigger()
  }

  #noteDevices(): void {
    this.#file.changed()
    this.#teller.trigger()
  }

  async #lookAtCertificate(): Promise<void> {
    const { lanTls, lan } = this.#settings
    this.#own = new Set(this.#options.ownAddresses())
    if (lanTls !== 'off') {
      this.#source ??= this.#createSource()
      // Nobody needs a certificate before others are let in.
      if (lan.length > 0) await this.#source.look()
    }
    this.#setMode()
  }

  #createSource(): CertificateSource {
    const { lanTls, lanCertificateFile: certificateFile, lanKeyFile: keyFile } = this.#settings
    if (lanTls === 'files') return new CertificateFiles({ certificateFile, keyFile, now: this.#options.now })
    return this.#createAuthoritySource()
  }

  #createAuthoritySource(): AuthoritySource {
    const { vault, names, ownAddresses, now, log } = this.#options
    return new AuthoritySource({ folder: this.#folder, vault, names, addresses: ownAddresses, now, log })
  }

  /** Swaps the certificate for new connections, and ends plain ones when TLS comes into effect. */
  #setMode(): void {
    const served = this.#served
    const tls = this.#settings.lanTls !== 'off'
    const [before] = this.#mode
    if (this.#mode[0] === tls && this.#mode[1] === served) return
    this.#mode = [tls, served]
    if (!tls) return this.entrance.setMode({ tls: false })
    if (before === false) this.#options.endUnencrypted()
    const context = served === null ? null : secureContextOf(served)
    this.entrance.setMode({ tls: true, context, names: served?.facts.names ?? [] })
  }

  #trustUrl(addresses: readonly string[], port: number): string | null {
    const address = addresses.find((one) => !one.includes(':')) ?? addresses[0]
    const isOffered = address !== undefined && this.#authoritySource?.certificate() !== undefined
    return isOffered ? `http://${urlHost(address)}:${port}/trust` : null
  }

  #trustFacts(): TrustFacts | undefined {
    const { names, listening } = this.#options
    const { addresses, port } = listening()
    const place = { machine: names().bare, port, addresses: this.#trustAddresses(addresses) }
    const { lanTls: tls } = this.#settings
    if (tls !== 'authority') return { ...place, tls }
    const certificate = this.certificate()
    return certificate && { ...place, ...certificate, tls, der: new X509Certificate(certificate.pem).raw }
  }

  /** Addresses first, because not every phone finds names that end in `.local`. */
  #trustAddresses(listening: readonly string[]): readonly string[] {
    const named = this.#served?.facts.names ?? [...listening, this.#options.names().local]
    const first = listening.filter((address) => named.includes(address))
    return [...new Set([...first, ...named.filter((name) => !name.startsWith('*'))])].map(urlHost)
  }
}

/** Another value needs another source. */
function sourceOf({ lanTls, lanCertificateFile, lanKeyFile }: LanSettings): string {
  return lanTls === 'files' ? JSON.stringify([lanCertificateFile, lanKeyFile]) : lanTls
}
