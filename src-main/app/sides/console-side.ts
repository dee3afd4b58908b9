import type { SharedConsole } from '#shared/console-api/state.ts'
import { urlHost } from '#shared/settings/network.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { type Problem, problem } from '#shared/text/problem.ts'
import type { Host } from '../../base/host.ts'
import { isLoopbackName, LOOPBACK_ADDRESSES } from '../../base/loopback.ts'
import { Sequencer } from '../../base/sequencer.ts'
import type { Caller } from '../../console-api/caller.ts'
import type { ConsoleServer } from '../../console-server/console-server.ts'
import type { TrustedProxies } from '../../console-server/forwarded.ts'
import type { OtherDoors } from '../../console-server/other-doors.ts'
import type { SignIn } from '../../console-server/ports.ts'
import { isForOthers, lanExposureOf } from '../../listeners/lan-exposure.ts'
import { machineNames } from '../../listeners/machine-names.ts'
import { readOwnAddresses } from '../../listeners/own-addresses.ts'
import type { Sessions } from '../../people/sessions/sessions.ts'
import { catchUp } from '../store/catch-up.ts'
import type { StorePort } from '../store/store-port.ts'
import type { LanSide } from './lan-side.ts'

export interface ConsoleSideOptions {
  readonly host: Pick<Host, 'log'>
  readonly store: Pick<StorePort, 'id' | 'isShared' | 'catchUp'>
  readonly settings: () => Settings
  readonly sessions: Sessions
  readonly signIn: SignIn
  readonly handler: (request: Request, caller: Caller | null) => Promise<Response>
  readonly lan: Pick<LanSide, 'entrance'>
  /** True for a name in a Host header that the gateway accepts. */
  readonly isOwnName: (name: string) => boolean
  /** This computer's name in multicast DNS while it is announced. */
  readonly announcedName: () => string | undefined
  /** True if there is somebody besides the owner, or somebody could join. */
  readonly hasOthers: () => boolean
  readonly now: () => number
  /** Called when the state or the shared port is different. */
  readonly onChange: () => void
}

/** How a shell opens the console for this computer. */
export interface ConsoleOpening {
  /** 0: any free one. */
  readonly port: number
  /** Addresses and networks of proxies whose headers are believed; empty: none. */
  readonly behindProxy: readonly string[]
}

interface Running {
  readonly server: ConsoleServer
  readonly doors: OtherDoors
  readonly proxies: TrustedProxies | null
}

/**
 * The console in browsers. A shell can open it for this computer; for other devices it opens by itself while the settings
 * say so. Its code is loaded only then.
 */
export class ConsoleSide {
  readonly #options: ConsoleSideOptions
  readonly #sequencer = new Sequencer()
  #running: Running | undefined
  /** The shell's call of `open`; undefined before it. */
  #opening: ConsoleOpening | null | undefined
  #problem: Problem | null = null
  /** What was last told. */
  #told = ''
  #isClosed = false

  constructor(options: ConsoleSideOptions) {
    this.#options = options
  }

  /**
   * Opens it for this computer; with null only for other devices, while it is shared. Call it once, when the gateway has
   * started. Rejects with a PersonError (`console_port_taken`).
   */
  open(opening: ConsoleOpening | null): Promise<void> {
    return this.#sequencer.queue(async () => {
      if (opening !== null) await this.#start(opening)
      this.#opening = opening
      await this.#follow()
      this.#tell()
    })
  }

  /** A new link that opens the console once, as the owner. */
  link(): string {
    const { sessions } = this.#options
    const running = this.#running
    if (running === undefined) throw new PersonError('no_console_link', 'The console is not open in browsers.')
    const outside = running.proxies === null ? null : this.#outside()
    return `${outside === null ? running.server.url : `${outside}/`}#token=${sessions.issueToken()}`
  }

  /** The port on which other devices can open it without a proxy; null if they cannot. */
  get sharedPort(): number | null {
    const running = this.#running
    return running !== undefined && running.proxies === null && running.doors.hosts.length > 0
      ? running.server.port
      : null
  }

  state(): SharedConsole {
    const reason = this.#reasonNotToShare()
    const isServed = this.#running?.proxies != null || (this.#running?.doors.hosts.length ?? 0) > 0
    return { urls: reason === null && isServed ? [...this.origins()] : [], problem: reason ?? this.#problem }
  }

  /**
   * Where other devices open it, or can as soon as there is somebody besides the owner: for links in invitations, which
   * come first. The best one first; empty while the settings do not share it.
   */
  origins(): readonly string[] {
    const { shareConsole, consolePort, lanTls, lan } = this.#options.settings()
    const running = this.#running
    const outside = this.#outside()
    if (running?.proxies != null) return outside === null ? [] : [outside]
    if (!shareConsole) return []
    // Something else can lead there, such as a proxy that is still to be started.
    const named = outside === null ? [] : [outside]
    if (lanTls === 'off' || lan.length === 0) return named
    const hosts = running === undefined || running.doors.hosts.length === 0 ? this.#lanHosts() : running.doors.hosts
    // Passkeys need a name.
    const names = [this.#options.announcedName() ?? machineNames().local, ...hosts.map(urlHost)]
    const port = running?.server.port ?? consolePort
    return [...named, ...names.map((name) => new URL(`https://${name}:${port}`).origin)]
  }

  /** Follows the settings, the persons and the networks. Call it after each change of them, and regularly. Never rejects. */
  async look(): Promise<void> {
    await this.#sequencer.queue(() => this.#follow())
    this.#tell()
  }

  close(): Promise<void> {
    this.#isClosed = true
    return this.#sequencer.queue(() => this.#stop())
  }

  async #start({ port, behindProxy }: ConsoleOpening): Promise<Running> {
    const [{ openConsoleServer }, { OtherDoors, proxyDoors }, { TrustedProxies }] = await Promise.all([
      import('../../console-server/console-server.ts'),
      import('../../console-server/other-doors.ts'),
      import('../../console-server/forwarded.ts'),
    ])
    const { host, store, sessions, signIn, handler, isOwnName, lan, now } = this.#options
    const proxies = behindProxy.length === 0 ? null : new TrustedProxies(behindProxy)
    const server = await openConsoleServer({
      port,
      handler,
      sessions,
      signIn,
      storeId: store.id,
      catchUp: () => catchUp(store),
      isOwnName: (name) => isOwnName(name) && !isLoopbackName(name),
      outside: () => this.#outside(),
      proxies,
      now,
      log: host.log,
    })
    const doors = new OtherDoors(server, proxies === null ? lan.entrance : proxyDoors(proxies))
    this.#running = { server, doors, proxies }
    return this.#running
  }

  async #follow(): Promise<void> {
    if (this.#isClosed || this.#opening === undefined) return
    const { settings, host } = this.#options
    const hosts = this.#hosts()
    try {
      this.#problem = null
      if (hosts.length > 0 && this.#running === undefined) {
        await this.#start({ port: settings().consolePort, behindProxy: [] })
      }
      await this.#running?.doors.follow(hosts)
      if (hosts.length === 0 && this.#opening === null) await this.#stop()
    } catch (err) {
      host.log.warn({ err }, 'could not open the console for other devices')
      this.#problem = portTaken(this.#running?.server.port ?? settings().consolePort)
    }
  }

  #tell(): void {
    const now = JSON.stringify([this.state(), this.sharedPort])
    if (now !== this.#told) this.#options.onChange()
    this.#told = now
  }

  async #stop(): Promise<void> {
    const running = this.#running
    this.#running = undefined
    await running?.doors.follow([])
    await running?.server.close()
  }

  /** The addresses besides loopback on which it should be served. */
  #hosts(): readonly string[] {
    const proxies = this.#running?.proxies ?? null
    if (proxies !== null) return proxies.reachesFromOutside ? ownAddresses() : []
    return this.#options.settings().shareConsole && this.#reasonNotToShare() === null ? this.#lanHosts() : []
  }

  #lanHosts(): readonly string[] {
    const { hosts } = lanExposureOf(this.#options.settings().lan, ownAddresses())
    return hosts.filter((host) => !LOOPBACK_ADDRESSES.includes(host))
  }

  #reasonNotToShare(): Problem | null {
    const settings = this.#options.settings()
    if (this.#running?.proxies != null) return this.#proxyProblem()
    if (!settings.shareConsole) return null
    if (!isForOthers(settings)) return problem('share_needs_network', NEEDS.network, {})
    if (settings.lanTls === 'off') return problem('share_needs_tls', NEEDS.tls, {})
    return this.#options.hasOthers() ? null : problem('share_needs_person', NEEDS.person, {})
  }

  #proxyProblem(): Problem | null {
    return this.#outside() === null ? problem('share_needs_url', NEEDS.url, {}) : null
  }

  /** The origin for others behind a proxy or a name of their own. Never without TLS. */
  #outside(): string | null {
    const { consoleUrl } = this.#options.settings()
    return consoleUrl?.startsWith('https://') === true ? new URL(consoleUrl).origin : null
  }
}

function ownAddresses(): string[] {
  return readOwnAddresses().map(({ address }) => address)
}

const NEEDS = {
  network:
    'Other devices cannot open the console, because Latchkey listens only on this computer. Choose the networks for other devices.',
  tls: 'Other devices cannot open the console, because they connect to Latchkey without https. Turn on https for other devices.',
  person: 'Other devices can open the console as soon as there is a second person. Invite somebody.',
  url: 'Latchkey runs behind a proxy and does not know its own address there. Enter the console’s https address for others (setting consoleUrl).',
}

function portTaken(port: number): Problem {
  const sentence = `Other devices cannot open the console, because port ${port} is used by another program. Close that program, or choose another port for the console.`
  return problem('share_port_taken', sentence, { port: String(port) })
}
