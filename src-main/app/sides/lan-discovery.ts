import type { DiscoveryState } from '#shared/lan/lan.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { problem } from '#shared/text/problem.ts'
import type { Log } from '../../base/log.ts'
import { machineNames } from '../../listeners/machine-names.ts'
import type { Announcement, Discovery, Reach } from '../../listeners/ports.ts'

export interface LanDiscoveryOptions {
  readonly settings: () => Pick<Settings, 'discovery' | 'lanTls'>
  /** Where other devices reach the gateway. */
  readonly listeners: () => { readonly lan: readonly string[]; readonly port: number }
  /** The port of the console while other devices can open it on the same addresses; else null. */
  readonly consolePort: () => number | null
  /** Whether other devices can use what they find. */
  readonly reach: () => Reach
  readonly log: Log
  /** Called after each change of the state. */
  readonly onChange: () => void
}

const OFF: DiscoveryState = { state: 'off', name: null, problem: null }

/** Announces the gateway, and the console for other devices, while the settings say so. Its code is loaded only then. */
export class LanDiscovery {
  readonly #options: LanDiscoveryOptions
  #loading: Promise<Discovery> | undefined
  #discovery: Discovery | undefined
  #stopped = false

  constructor(options: LanDiscoveryOptions) {
    this.#options = options
  }

  state(): DiscoveryState {
    const { problem: obstacle, isNamed } = this.#options.reach()
    if (this.#isWanted() && obstacle !== null) return { state: 'failed', name: null, problem: obstacle }
    const found = this.#discovery?.state() ?? OFF
    return found.state === 'announced' && !isNamed ? { ...found, problem: notCertified(this.host()) } : found
  }

  /** This computer's name in multicast DNS while it is announced: `box.local`, after a conflict `box-2.local`. */
  host(): string | undefined {
    return this.#discovery?.host()
  }

  /** Follows the settings and the networks. Call it after each change of them, and regularly. Never rejects. */
  async look(): Promise<void> {
    if (this.#announcement() === undefined && this.#loading === undefined) return
    try {
      const discovery = await this.#load()
      const announcement = this.#announcement()
      await (announcement === undefined ? discovery.stop() : discovery.start(announcement))
    } catch (err) {
      this.#options.log.error({ err }, 'could not let other devices find Latchkey')
    }
  }

  /** Withdraws the announcement for good. */
  async stop(): Promise<void> {
    this.#stopped = true
    await (await this.#loading)?.stop()
  }

  #announcement(): Announcement | undefined {
    if (!this.#isWanted() || this.#options.reach().problem !== null) return undefined
    const { lanTls } = this.#options.settings()
    const { lan, port } = this.#options.listeners()
    const { bare, local } = machineNames()
    const consolePort = this.#options.consolePort()
    return { name: `Latchkey on ${bare}`, host: local, addresses: lan, port, isSecure: lanTls !== 'off', consolePort }
  }

  #isWanted(): boolean {
    const { lan, port } = this.#options.listeners()
    return !this.#stopped && this.#options.settings().discovery && port !== 0 && lan.length > 0
  }

  #load(): Promise<Discovery> {
    this.#loading ??= this.#create()
    return this.#loading
  }

  async #create(): Promise<Discovery> {
    const { MdnsDiscovery } = await import('../../listeners/discovery/mdns-discovery.ts')
    const discovery = new MdnsDiscovery({ log: this.#options.log })
    discovery.onChange(this.#options.onChange)
    this.#discovery = discovery
    return discovery
  }
}

function notCertified(name = machineNames().local): DiscoveryState['problem'] {
  const sentence = `The certificate in your files is not for ${name}, the name under which other devices find Latchkey, so they cannot connect by it. Give them an address that Latchkey shows.`
  return problem('discovery_name_not_certified', sentence, { name })
}
