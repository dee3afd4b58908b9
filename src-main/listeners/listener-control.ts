import { isDeepStrictEqual } from 'node:util'
import type { Settings } from '#shared/settings/settings.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { type Problem, problem } from '#shared/text/problem.ts'
import { LOOPBACK_ADDRESSES } from '../base/loopback.ts'
import { Sequencer } from '../base/sequencer.ts'
import { type LanExposure, lanExposureOf } from './lan-exposure.ts'
import { explainListenError } from './taken-port.ts'

/** What listens: the gateway. */
export interface Listening {
  /** 0 while it does not listen. */
  readonly port: number
  readonly hosts: readonly string[]
  /** Moves there, or stays as it was and rejects. */
  listen(at: { hosts: readonly string[]; port: number }): Promise<unknown>
  close(drainMs: number): Promise<void>
}

export interface ListenerControlOptions {
  readonly gateway: Listening
  /** This computer's addresses in its networks, as they are now. */
  readonly ownAddresses: () => readonly string[]
  /** Throws a PersonError when a gateway on this port would be its own upstream. */
  readonly refuseLoop: (settings: Settings, port: number) => void
}

/** Opens, moves and closes the gateway's listeners, and remembers why they are not open. */
export class ListenerControl {
  readonly #options: ListenerControlOptions
  /** A network that changes and a setting that changes must not move the listeners at the same time. */
  readonly #sequencer = new Sequencer()
  /** While the listeners are wanted open. */
  #settings: Settings | undefined
  #exposure: LanExposure | undefined
  #problem: Problem | null = null
  #lanProblem: Problem | null = null

  constructor(options: ListenerControlOptions) {
    this.#options = options
  }

  /** The port the gateway listens on; 0 when it does not. */
  get port(): number {
    return this.#options.gateway.port
  }

  get problem(): Problem | null {
    return this.#problem
  }

  /** Addresses on which other computers reach the gateway. */
  get lan(): string[] {
    return this.#options.gateway.hosts.filter((host) => !LOOPBACK_ADDRESSES.includes(host))
  }

  /** Why the gateway listens on fewer of them than the settings say, or null. */
  get lanProblem(): Problem | null {
    return this.#lanProblem
  }

  /** Does not reject for what a person can mend: `problem` says it. */
  open(settings: Settings): Promise<void> {
    return this.#sequencer.queue(() => this.#open(settings))
  }

  /** Does what a change of settings asks for. Rejects with a PersonError, and then stays as it was. */
  follow(after: Settings, before: Settings): Promise<void> {
    return this.#sequencer.queue(() => this.#follow(after, before))
  }

  /** Follows this computer into another network, and opens when a taken port is free again. Call it now and then. */
  look(): Promise<void> {
    return this.#sequencer.queue(() => this.#look())
  }

  /** Waits up to `drainMs` for running exchanges. */
  close(drainMs: number): Promise<void> {
    this.#settings = undefined
    // Behind a move under way, which would else open what nobody closes.
    return this.#sequencer.queue(() => this.#options.gateway.close(drainMs))
  }

  async #open(settings: Settings): Promise<void> {
    this.#settings = settings
    try {
      this.#options.refuseLoop(settings, settings.gatewayPort)
      await this.#listenWhereItCan(settings)
    } catch (error) {
      if (!(error instanceof PersonError)) throw error
      this.#problem = error.problem
    }
  }

  async #follow(after: Settings, before: Settings): Promise<void> {
    const moves = after.gatewayPort !== before.gatewayPort
    const exposes = !isDeepStrictEqual(after.lan, before.lan)
    if (moves || exposes || after.upstream !== before.upstream)
      this.#options.refuseLoop(after, after.gatewayPort || this.port)
    if (this.#settings === undefined) return
    if (moves) await this.#listen(after, after.gatewayPort)
    // What kept it shut may be gone now.
    else if (this.port === 0) await this.#open(after)
    else if (exposes) await this.#listen(after, this.port)
    this.#settings = after
  }

  async #look(): Promise<void> {
    const settings = this.#settings
    if (settings === undefined) return
    // What kept it shut may be gone: a port is free again when its program ends.
    if (this.port === 0) return this.#open(settings)
    if (isDeepStrictEqual(lanExposureOf(settings.lan, this.#options.ownAddresses()), this.#exposure)) return
    try {
      await this.#listen(settings, this.port)
    } catch (error) {
      if (!(error instanceof PersonError)) throw error
      this.#lanProblem = error.problem
    }
  }

  /** A fault in one network must not keep this computer's own programs out. */
  async #listenWhereItCan(settings: Settings): Promise<void> {
    try {
      await this.#listen(settings, settings.gatewayPort)
    } catch (error) {
      if (!(error instanceof PersonError) || settings.lan.length === 0) throw error
      await this.#listen({ ...settings, lan: [] }, settings.gatewayPort)
      this.#lanProblem = error.problem
    }
  }

  async #listen({ lan }: Settings, port: number): Promise<void> {
    const { gateway, ownAddresses } = this.#options
    const exposure = lanExposureOf(lan, ownAddresses())
    const mayAsk = port !== gateway.port
    await gateway.listen({ hosts: exposure.hosts, port }).catch(async (error: unknown) => {
      throw await explainListenError(error, port, mayAsk)
    })
    this.#exposure = exposure
    this.#problem = null
    this.#lanProblem = missingProblem(exposure.missing)
  }
}

function missingProblem(missing: readonly string[]): Problem | null {
  if (missing.length === 0) return null
  const addresses = missing.join(', ')
  const sentence = `This computer has no address ${addresses} at the moment, so other computers cannot reach Latchkey there. Choose another in Latchkey’s settings, or connect to that network.`
  return problem('lan_address_missing', sentence, { addresses })
}
