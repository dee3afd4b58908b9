import { PersonError } from '#shared/person-error.ts'
import type { Settings } from '#shared/settings.ts'
import type { Gateway } from '../gateway/create-gateway.ts'

/** Opens, moves and closes the gateway's listeners, and remembers in a sentence why they are not open. */
export interface FrontDoor {
  /** The port it listens on; 0 when it does not. */
  port(): number
  problem(): string | null
  /** Does not reject for what a person can mend: `problem` says it. */
  open(settings: Settings): Promise<void>
  /** Does what a change of settings asks for. Rejects with a PersonError, and then stays as it was. */
  follow(after: Settings, before: Settings): Promise<void>
  /** Waits up to `drainMs` for running exchanges. */
  close(drainMs: number): Promise<void>
}

export interface FrontDoorOptions {
  readonly gateway: Pick<Gateway, 'listen' | 'close' | 'port'>
  readonly hosts: readonly string[]
  /** Throws a PersonError when a gateway on this port would be its own upstream. */
  readonly refuseLoop: (settings: Settings, port: number) => void
}

export function createFrontDoor({ gateway, hosts, refuseLoop }: FrontDoorOptions): FrontDoor {
  let wanted = false
  let problem: string | null = null

  async function listen(settings: Settings) {
    await gateway.listen({ hosts, port: settings.gatewayPort })
    problem = null
  }

  async function open(settings: Settings) {
    wanted = true
    try {
      refuseLoop(settings, settings.gatewayPort)
      await listen(settings)
    } catch (error) {
      if (!(error instanceof PersonError)) throw error
      problem = error.message
    }
  }

  return {
    port: () => gateway.port,
    problem: () => problem,
    open,
    async follow(after, before) {
      const moves = after.gatewayPort !== before.gatewayPort
      if (moves || after.upstream !== before.upstream) refuseLoop(after, after.gatewayPort || gateway.port)
      if (!wanted) return
      if (moves) await listen(after)
      // What kept it shut may be gone now.
      else if (gateway.port === 0) await open(after)
    },
    async close(drainMs) {
      wanted = false
      await gateway.close(drainMs)
    },
  }
}
