import type { Serve } from '../../support/serve.ts'
import type { Member } from './cluster.ts'

/** What the clients know of a key. */
export interface KnownKey {
  readonly id: string
  readonly person: string
  /** The newest one last; the earlier ones have been replaced. */
  readonly secrets: string[]
  isDeleted: boolean
  /** One rotation after the other, so that the order of the secrets is known. */
  isRotating: boolean
}

/** A key that nobody changes, with a limit. */
export interface LimitedKey extends KnownKey {
  readonly kind: 'requestsPerMinute' | 'concurrency'
  readonly limit: number
}

/** What all clients know. */
export class World {
  readonly keys: KnownKey[] = []
  readonly limited: LimitedKey[] = []
  readonly persons: string[] = []
  readonly sites = ['https://one.example', 'https://two.example', 'https://three.example']
  #names = 0

  /** A name that nobody has had. */
  newName(what: string): string {
    this.#names += 1
    return `${what} ${this.#names}`
  }
}

/** The names of the registers. A key is open if all that `needsOf` lists are true. */
export const registers = {
  there: (id: string) => `${id} there`,
  enabled: (id: string) => `${id} enabled`,
  name: (id: string) => `${id} name`,
  secret: (id: string, secret: string) => `${id} secret ${secret.slice(0, 12)}`,
  active: (person: string) => `${person} active`,
  open: (site: string) => `${site} open`,
}

export function needsOf({ id, person }: KnownKey, secret: string, site: string | undefined): string[] {
  const own = [registers.there(id), registers.enabled(id), registers.secret(id, secret), registers.active(person)]
  return site === undefined ? own : [...own, registers.open(site)]
}

/** A gateway that runs now. */
export interface Running {
  readonly member: Member
  readonly serve: Serve
}
