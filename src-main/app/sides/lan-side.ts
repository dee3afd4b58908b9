import type { AuthorityCertificate, DiscoveryState, LanState } from '#shared/lan/lan.ts'
import type { Settings } from '#shared/settings/settings.ts'
import type { Host } from '../../base/host.ts'
import type { Entrance, TrustCall, TrustPage } from '../../gateway/ports.ts'
import { isForOthers } from '../../listeners/lan-exposure.ts'
import { type MachineNames, machineNames } from '../../listeners/machine-names.ts'
import type { OtherDevices } from '../../listeners/other-devices.ts'
import { readOwnAddresses } from '../../listeners/own-addresses.ts'
import type { Reach } from '../../listeners/ports.ts'

export interface LanSideOptions {
  readonly host: Pick<Host, 'dataDir' | 'secretVault' | 'log'>
  readonly settings: () => Settings
  /** Where other devices reach the gateway. */
  readonly listeners: () => { readonly lan: readonly string[]; readonly port: number }
  /** True for a name in a Host header that the gateway accepts. */
  readonly isOwnName: (name: string) => boolean
  /** Ends exchanges of other devices without TLS. */
  readonly endUnencrypted: () => void
  readonly discovery: { state(): DiscoveryState; host(): string | undefined }
  readonly now: () => number
  /** Called when the state is different, at most once a second. */
  readonly onChange: () => void
}

const NOBODY: Reach = { urls: [], problem: null, isNamed: true }

/** How other devices connect. Its code is loaded only when others are let in, or the console asks. */
export class LanSide {
  readonly #options: LanSideOptions
  #loading: Promise<OtherDevices> | undefined
  #room: OtherDevices | undefined
  #names:
    | { readonly own: ReadonlySet<string>; readonly more: readonly string[]; readonly all: ReadonlySet<string> }
    | undefined

  constructor(options: LanSideOptions) {
    this.#options = options
  }

  readonly entrance: Entrance = {
    open: async (host, serve) => (await this.#load()).entrance.open(host, serve),
  }

  readonly trustPage: TrustPage = {
    answer: (call) => this.#answerTrust(call),
  }

  /** Prepares for these settings, before the listeners move. Never rejects. */
  async follow(settings: Settings): Promise<void> {
    if (!isForOthers(settings) && this.#room === undefined) return
    await (await this.#load()).follow(settings)
  }

  /** Rejects with a PersonError if a change chooses certificate files that cannot be used at this moment. */
  async refuseUnusable(after: Settings, before: Settings): Promise<void> {
    if (after.lanTls !== 'files' || filesOf(after) === filesOf(before)) return
    const { refuseUnusableFiles } = await import('../../listeners/tls/certificate-files.ts')
    const { lanCertificateFile: certificateFile, lanKeyFile: keyFile } = after
    await refuseUnusableFiles({ certificateFile, keyFile, now: this.#options.now })
  }

  /** Looks for changes of certificates and networks. Call it every few seconds. */
  async look(): Promise<void> {
    if (this.#room !== undefined && isForOthers(this.#options.settings())) await this.#room.look()
  }

  async state(): Promise<LanState> {
    return (await this.#load()).state()
  }

  /** How other devices can use the gateway now. */
  reach(): Reach {
    return this.#room?.reach() ?? NOBODY
  }

  async certificate(): Promise<AuthorityCertificate | undefined> {
    return (await this.#load()).certificate()
  }

  async replaceAuthority(): Promise<LanState> {
    return (await this.#load()).replaceAuthority()
  }

  /** A request of another device has ended. `userAgent`: the header. */
  used(address: string, userAgent: string | undefined): void {
    this.#room?.used(address, userAgent)
  }

  /** Adds the announced name and those in the person's own certificate. The same set until something changes. */
  namesFor(own: ReadonlySet<string>): ReadonlySet<string> {
    const announced = this.#options.discovery.host()
    const more = [...(this.#room?.certificateNames() ?? []), ...(announced === undefined ? [] : [announced])]
    if (more.length === 0) return own
    if (this.#names?.own !== own || this.#names.more.join() !== more.join())
      this.#names = { own, more, all: new Set([...own, ...more]) }
    return this.#names.all
  }

  async forgetDevices(): Promise<void> {
    await (await this.#load()).forgetDevices()
  }

  async close(): Promise<void> {
    await (await this.#loading)?.close()
  }

  #load(): Promise<OtherDevices> {
    this.#loading ??= this.#open()
    return this.#loading
  }

  async #open(): Promise<OtherDevices> {
    const [{ OtherDevices }, { answerTrust }] = await Promise.all([
      import('../../listeners/other-devices.ts'),
      import('../../listeners/trust/answer-trust.ts'),
    ])
    const { host, settings, listeners, discovery, ...options } = this.#options
    const room = new OtherDevices(
      {
        ...options,
        dataDir: host.dataDir,
        vault: host.secretVault('lan-authority'),
        log: host.log,
        discovery: () => discovery.state(),
        names: () => namesWith(discovery.host()),
        ownAddresses: () => readOwnAddresses().map(({ address }) => address),
        listening: () => ({ addresses: listeners().lan, port: listeners().port }),
        answerTrust,
      },
      settings(),
    )
    await room.follow(settings())
    this.#room = room
    return room
  }

  #answerTrust({ address, ...request }: TrustCall): ReturnType<TrustPage['answer']> {
    const answer = this.#room?.answerTrust({ ...request, time: this.#options.now() })
    if (answer === undefined) return undefined
    if (request.isSecure) this.used(address, request.userAgent)
    const { status, headers, body } = answer
    return { status, headers: Object.entries(headers).flat(), body: Buffer.from(body as string).toString('latin1') }
  }
}

function filesOf({ lanTls, lanCertificateFile, lanKeyFile }: Settings): string {
  return JSON.stringify([lanTls, lanCertificateFile, lanKeyFile])
}

/** `announced`: the name that other devices find, which has a number if another computer has the name without. */
function namesWith(announced: string | undefined): MachineNames {
  const names = machineNames()
  if (announced === undefined || names.all.includes(announced)) return names
  return { ...names, local: announced, all: [...names.all, announced] }
}
