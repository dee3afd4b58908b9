import { isDeepStrictEqual } from 'node:util'
import type { Settings } from '#shared/settings/settings.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { type Problem, problem } from '#shared/text/problem.ts'
import { LOOPBACK_ADDRESSES } from '../base/loopback.ts'
import { Sequencer } from '../base/sequencer.ts'
import { type LanExposure, lanExposureOf } from './lan-exposure.ts'
import { explainListenError } from './taken-port.ts'

/** Opens, moves and closes the gateway's listeners, and remembers why they are not open. */
export interface ListenerControl {
  /** The port it listens on; 0 when it does not. */
  port(): number
  problem(): Problem | null
  /** Addresses on which other computers reach it. */
  lan(): string[]
  /** Why it listens on fewer of them than the settings say, or null. */
  lanProblem(): Problem | null
  /** Does not reject for what a person can mend: `problem` says it. */
  open(settings: Settings): Promise<void>
  /** Does what a change of settings asks for. Rejects with a PersonError, and then stays as it was. */
  follow(after: Settings, before: Settings): Promise<void>
  /** Follows this computer into another network, and opens when a taken port is free again: to be called now and then. */
  look(): Promise<void>
  /** Waits up to `drainMs` for running exchanges. */
  close(drainMs: number): Promise<void>
}

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

export function createListenerControl({ gateway, ownAddresses, refuseLoop }: ListenerControlOptions): ListenerControl {
  // A network that changes and a setting that changes must not move the listeners at the same time.
  const sequencer = new Sequencer()
  /** The settings that the door follows, while it is wanted open. */
  let followed: Settings | undefined
  let exposed: LanExposure | undefined
  let trouble: Problem | null = null
  let lanProblem: Problem | null = null

  async function listen({ lan }: Settings, port: number) {
    const exposure = lanExposureOf(lan, ownAddresses())
    const mayAsk = port !== gateway.port
    await gateway.listen({ hosts: exposure.hosts, port }).catch(async (error: unknown) => {
      throw await explainListenError(error, port, mayAsk)
    })
    exposed = exposure
    trouble = null
    lanProblem = missingProblem(exposure.missing)
  }

  /** What is wrong in one network must not keep this computer's own programs out. */
  async function listenWhereItCan(settings: Settings) {
    try {
      await listen(settings, settings.gatewayPort)
    } catch (error) {
      if (!(error instanceof PersonError) || settings.lan.length === 0) throw error
      await listen({ ...settings, lan: [] }, settings.gatewayPort)
      lanProblem = error.problem
    }
  }

  async function open(settings: Settings) {
    followed = settings
    try {
      refuseLoop(settings, settings.gatewayPort)
      await listenWhereItCan(settings)
    } catch (error) {
      if (!(error instanceof PersonError)) throw error
      trouble = error.problem
    }
  }

  async function follow(after: Settings, before: Settings) {
    const moves = after.gatewayPort !== before.gatewayPort
    const reaches = !isDeepStrictEqual(after.lan, before.lan)
    if (moves || reaches || after.upstream !== before.upstream) refuseLoop(after, after.gatewayPort || gateway.port)
    if (followed === undefined) return
    if (moves) await listen(after, after.gatewayPort)
    // What kept it shut may be gone now.
    else if (gateway.port === 0) await open(after)
    else if (reaches) await listen(after, gateway.port)
    followed = after
  }

  async function look() {
    if (followed === undefined) return
    // What kept it shut may be gone: a port is free again when its program ends.
    if (gateway.port === 0) return open(followed)
    if (isDeepStrictEqual(lanExposureOf(followed.lan, ownAddresses()), exposed)) return
    try {
      await listen(followed, gateway.port)
    } catch (error) {
      if (!(error instanceof PersonError)) throw error
      lanProblem = error.problem
    }
  }

  return {
    port: () => gateway.port,
    problem: () => trouble,
    lan: () => gateway.hosts.filter((host) => !LOOPBACK_ADDRESSES.includes(host)),
    lanProblem: () => lanProblem,
    open: (settings) => sequencer.queue(() => open(settings)),
    follow: (after, before) => sequencer.queue(() => follow(after, before)),
    look: () => sequencer.queue(look),
    close(drainMs) {
      followed = undefined
      // Behind a move under way, which would else open what nobody closes.
      return sequencer.queue(() => gateway.close(drainMs))
    },
  }
}

function missingProblem(missing: readonly string[]): Problem | null {
  if (missing.length === 0) return null
  const addresses = missing.join(', ')
  const sentence = `This computer has no address ${addresses} at the moment, so other computers cannot reach Latchkey there. Choose another in Latchkey’s settings, or connect to that network.`
  return problem('lan_address_missing', sentence, { addresses })
}
