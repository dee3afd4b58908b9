import { networkInterfaces } from 'node:os'
import { isDeepStrictEqual } from 'node:util'
import type { DiscoveryState } from '#shared/lan/lan.ts'
import { type Problem, problem } from '#shared/text/problem.ts'
import type { Log } from '../../base/log.ts'
import { Sequencer } from '../../base/sequencer.ts'
import type { Announcement, Discovery } from '../ports.ts'
import { Advertisement } from './advertisement.ts'
import type { LinkPlace } from './link.ts'
import { placesFor } from './link-places.ts'

const TRY_AGAIN_MS = 30_000
/** `start` is called every few seconds. A longer pause means that this computer slept. */
const SLEPT_MS = 60_000

const OFF: DiscoveryState = { state: 'off', name: null, problem: null }

/** Announces one service by multicast DNS, and follows the computer's networks. */
export class MdnsDiscovery implements Discovery {
  readonly #log: Log
  readonly #sequencer = new Sequencer()
  #state = OFF
  #listener = () => {}
  #running: Running | undefined
  #triedAt = 0
  #calledAt = 0

  constructor({ log }: { log: Log }) {
    this.#log = log
  }

  state(): DiscoveryState {
    return this.#state
  }

  host(): string | undefined {
    return this.#running?.advertisement.host
  }

  onChange(listener: () => void): void {
    this.#listener = listener
  }

  /** Call it again whenever networks may have changed. It does nothing if they have not and all is well. */
  start(announcement: Announcement): Promise<void> {
    return this.#sequencer.queue(() => this.#follow(announcement))
  }

  stop(): Promise<void> {
    return this.#sequencer.queue(async () => {
      await this.#end()
      this.#tell(OFF)
    })
  }

  async #follow({ addresses, ...announcement }: Announcement): Promise<void> {
    const places = placesFor(addresses, networkInterfaces())
    const now = Date.now()
    const slept = now - this.#calledAt > SLEPT_MS
    this.#calledAt = now
    const wish = { announcement, places }
    if (this.#running === undefined || !isDeepStrictEqual(wish, this.#running.wish)) return this.#begin(wish)
    if (slept) this.#running.advertisement.announceAgain()
    if (now - this.#triedAt < TRY_AGAIN_MS) return
    if (this.#state.state === 'failed') await this.#begin(wish)
    else await this.#addMissing(this.#running)
  }

  async #begin(wish: Wish): Promise<void> {
    await this.#end()
    const advertisement: Advertisement = new Advertisement({
      announcement: wish.announcement,
      onAnnounced: (name) => this.#tell({ state: 'announced', name, problem: null }),
      onFailed: (why) => this.#fail(why === 'name taken' ? nameTaken(wish.announcement.name) : noNetwork()),
    })
    this.#running = { wish, advertisement, missing: wish.places }
    this.#tell({ state: 'announcing', name: null, problem: null })
    if (wish.places.length === 0) this.#fail(noNetwork())
    else await this.#addMissing(this.#running)
  }

  /** Some links can work while others do not: an interface may have just appeared. */
  async #addMissing(running: Running): Promise<void> {
    this.#triedAt = Date.now()
    const { missing, wish, advertisement } = running
    if (missing.length === 0) return
    const errors = new Map<LinkPlace, unknown>()
    for (const place of missing) await advertisement.add(place).catch((error: unknown) => errors.set(place, error))
    running.missing = [...errors.keys()]
    for (const [{ interface: name, family }, err] of errors) {
      this.#log.warn({ err, interface: name, family }, 'cannot announce Latchkey on this network')
    }
    if (errors.size < missing.length) advertisement.probe()
    else if (errors.size === wish.places.length) this.#fail(problemOf([...errors.values()]))
  }

  async #end(): Promise<void> {
    const advertisement = this.#running?.advertisement
    this.#running = undefined
    await advertisement?.close()
  }

  #fail(why: Problem): void {
    this.#log.warn({ code: why.code }, 'other devices cannot find Latchkey')
    this.#tell({ state: 'failed', name: null, problem: why })
  }

  #tell(state: DiscoveryState): void {
    if (isDeepStrictEqual(state, this.#state)) return
    this.#state = state
    this.#listener()
  }
}

interface Wish {
  readonly announcement: Omit<Announcement, 'addresses'>
  readonly places: readonly LinkPlace[]
}

interface Running {
  readonly wish: Wish
  readonly advertisement: Advertisement
  missing: readonly LinkPlace[]
}

const PORT_CODES: ReadonlySet<unknown> = new Set(['EADDRINUSE', 'EACCES', 'EPERM'])

function problemOf(errors: readonly unknown[]): Problem {
  const isPort = (error: unknown) => error instanceof Error && 'code' in error && PORT_CODES.has(error.code)
  return errors.every(isPort) ? portTaken() : noNetwork()
}

function portTaken(): Problem {
  const sentence =
    'Another program uses UDP port 5353 alone, so other devices cannot find Latchkey. Close that program, or tell the other devices the address yourself.'
  return problem('discovery_port_taken', sentence, {})
}

function noNetwork(): Problem {
  const sentence =
    'None of the networks in which others may use Latchkey carries multicast, so other devices cannot find it. Connect to a home network, or tell the other devices the address yourself.'
  return problem('discovery_no_network', sentence, {})
}

function nameTaken(name: string): Problem {
  const sentence = `Another device answers to the name “${name}” and to every other one that Latchkey tries. Give this computer another name, or find that device. Latchkey keeps trying.`
  return problem('discovery_name_taken', sentence, { name })
}
