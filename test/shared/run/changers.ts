import { callRunning } from '../../../src-main/control/control-channel.ts'
import { OWNER_ID } from '../../../src-shared/people/person-id.ts'
import { PersonError } from '../../../src-shared/text/person-error.ts'
import type { Value } from '../checker/history.ts'
import type { Cluster } from './cluster.ts'
import type { Random } from './random.ts'
import type { Answered, Recorder } from './recorder.ts'
import { type KnownKey, type LimitedKey, type Running, registers, type World } from './world.ts'

const MOST_KEYS = 12

interface Asked {
  readonly method: string
  readonly path: string
  readonly body: object
}

/** Changes keys, persons and sites at gateways by chance, and writes down what it was told. */
export class Changer {
  readonly #world: World
  readonly #recorder: Recorder
  readonly #random: Random
  readonly #cluster: Cluster

  constructor(options: { world: World; recorder: Recorder; random: Random; cluster: Cluster }) {
    this.#world = options.world
    this.#recorder = options.recorder
    this.#random = options.random
    this.#cluster = options.cluster
  }

  /** One change at a gateway that runs. */
  async change(): Promise<void> {
    const { running } = this.#cluster
    if (running.length === 0) return
    const at = this.#random.pick(running)
    const living = this.#world.keys.filter(({ isDeleted }) => !isDeleted)
    if (this.#world.persons.length < 3) return this.createPerson(at)
    if (living.length < MOST_KEYS && this.#random.int(6) === 0) return this.createKey(at)
    if (living.length === 0) return this.createKey(at)
    await this.#changeOne(at, this.#random.pick(living))
  }

  async #changeOne(at: Running, key: KnownKey): Promise<void> {
    switch (this.#random.int(9)) {
      case 0:
        return this.#patchKey(at, key, { enabled: false })
      case 1:
      case 2:
      case 3:
        return this.#patchKey(at, key, { enabled: true })
      case 4:
        return this.#patchKey(at, key, { name: this.#world.newName('Key') })
      case 5:
        return this.#rotate(at, key)
      case 6:
        return this.#random.int(3) === 0 ? this.#delete(at, key) : this.#restore(at)
      case 7:
        return this.#pausePerson(at, this.#random.pick(this.#world.persons))
      default:
        return this.decide(at, this.#random.pick(this.#world.sites), this.#random.int(3) > 0)
    }
  }

  async createPerson(at: Running): Promise<void> {
    const body = { name: this.#world.newName('Person') }
    const from = this.#recorder.now()
    const answered = await ask<{ id: string }>(at, { method: 'POST', path: '/api/people', body })
    if (answered.outcome !== 'done') return this.#recorder.count(`creation ${answered.outcome}`)
    const { id } = answered.answer
    this.#write({ [registers.active(id)]: true }, at, from, 'done')
    this.#world.persons.push(id)
  }

  async createKey(at: Running): Promise<void> {
    const person = this.#random.pick(this.#world.persons)
    const key = await this.#createKey(at, { person })
    if (key !== undefined) this.#world.keys.push(key)
  }

  /** A key of the owner, who is never paused. */
  async createLimited(at: Running, kind: LimitedKey['kind'], limit: number): Promise<void> {
    this.#write({ [registers.active(OWNER_ID)]: true }, at, this.#recorder.now(), 'done')
    const key = await this.#createKey(at, { person: OWNER_ID, [kind]: limit })
    if (key !== undefined) this.#world.limited.push({ ...key, kind, limit })
  }

  async #createKey(at: Running, choices: { readonly person: string }): Promise<KnownKey | undefined> {
    const name = this.#world.newName('Key')
    const from = this.#recorder.now()
    const answered = await ask<{ id: string; secret: string }>(at, {
      method: 'POST',
      path: '/api/keys',
      body: { name, ...choices },
    })
    // Nobody learns the id of a key whose creation is unsure.
    if (answered.outcome !== 'done') {
      this.#recorder.count(`creation ${answered.outcome}`)
      return undefined
    }
    const { id, secret } = answered.answer
    const values = {
      [registers.there(id)]: true,
      [registers.enabled(id)]: true,
      [registers.name(id)]: name,
      [registers.secret(id, secret)]: true,
    }
    this.#write(values, at, from, 'done')
    return { id, person: choices.person, secrets: [secret], isDeleted: false, isRotating: false }
  }

  async #patchKey(at: Running, { id }: KnownKey, patch: { enabled: boolean } | { name: string }): Promise<void> {
    const values: Record<string, Value> =
      'enabled' in patch ? { [registers.enabled(id)]: patch.enabled } : { [registers.name(id)]: patch.name }
    await this.#changed(at, values, { method: 'PATCH', path: `/api/keys/${id}`, body: patch })
  }

  async #rotate(at: Running, key: KnownKey): Promise<void> {
    if (key.isRotating) return
    key.isRotating = true
    const { id } = key
    const before = Object.fromEntries(key.secrets.map((secret) => [registers.secret(id, secret), false]))
    const from = this.#recorder.now()
    const answered = await ask<{ secret: string }>(at, {
      method: 'POST',
      path: `/api/keys/${id}/rotate`,
      body: { graceMs: 0 },
    })
    key.isRotating = false
    if (answered.outcome !== 'done') {
      // The new secret stays unknown.
      return this.#write(before, at, from, answered.outcome)
    }
    const { secret } = answered.answer
    this.#write({ ...before, [registers.secret(id, secret)]: true }, at, from, 'done')
    key.secrets.push(secret)
  }

  async #delete(at: Running, key: KnownKey): Promise<void> {
    key.isDeleted = true
    const from = this.#recorder.now()
    const { outcome } = await ask(at, { method: 'DELETE', path: `/api/keys/${key.id}`, body: {} })
    this.#write({ [registers.there(key.id)]: undefined }, at, from, outcome)
    this.#recorder.closedMeanwhile(registers.enabled(key.id), { gateway: at.member.index, from, outcome })
  }

  async #restore(at: Running): Promise<void> {
    const key = this.#world.keys.find(({ isDeleted }) => isDeleted)
    if (key === undefined) return
    const path = `/api/keys/${key.id}/restore`
    await this.#changed(at, { [registers.there(key.id)]: true }, { method: 'POST', path, body: {} })
    key.isDeleted = false
  }

  async #pausePerson(at: Running, id: string): Promise<void> {
    const isActive = this.#random.int(4) > 0
    const body = { state: isActive ? 'active' : 'paused' }
    await this.#changed(at, { [registers.active(id)]: isActive }, { method: 'PATCH', path: `/api/people/${id}`, body })
  }

  async decide(at: Running, origin: string, isOpen: boolean): Promise<void> {
    const body = { origin, status: isOpen ? 'allowed' : 'blocked' }
    await this.#changed(at, { [registers.open(origin)]: isOpen }, { method: 'POST', path: '/api/origins/decide', body })
  }

  async #changed(at: Running, values: Readonly<Record<string, Value | undefined>>, asked: Asked): Promise<void> {
    const from = this.#recorder.now()
    const { outcome } = await ask(at, asked)
    this.#write(values, at, from, outcome)
  }

  #write(
    values: Readonly<Record<string, Value | undefined>>,
    { member }: Running,
    from: number,
    outcome: 'done' | 'refused' | 'unsure',
  ): void {
    this.#recorder.wrote(values, { gateway: member.index, from, outcome })
  }
}

/** Asks a gateway through its control channel, as the command line does. */
export async function ask<T>({ member }: Running, { method, path, body }: Asked): Promise<Answered<T>> {
  const hasBody = method !== 'GET'
  const init = hasBody ? { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) } : {}
  try {
    const response = await callRunning(member.dir.path, new Request(`http://latchkey${path}`, { method, ...init }))
    const answer: unknown = await response.json()
    if (response.ok) return { outcome: 'done', answer: answer as T }
    return { outcome: isUnsure(response.status, answer) ? 'unsure' : 'refused' }
  } catch (error) {
    // Of a gateway that does not run, nobody has asked anything.
    return { outcome: error instanceof PersonError && error.code === 'not_running' ? 'refused' : 'unsure' }
  }
}

function isUnsure(status: number, answer: unknown): boolean {
  const code = (answer as { error?: { code?: unknown } } | null)?.error?.code
  return (
    code === 'database_unsure' ||
    code === 'internal' ||
    (status >= 500 && code !== 'database_away' && code !== 'store_failed')
  )
}
