import { withClient } from '../../support/postgres.ts'
import type { Look, Value } from '../checker/history.ts'
import { ask } from './changers.ts'
import type { Cluster } from './cluster.ts'
import type { Recorder } from './recorder.ts'
import { type Running, registers, type World } from './world.ts'

type Seen = Map<string, Value | undefined>

interface SeenKey {
  readonly id: string
  readonly name: string
  readonly enabled: boolean
}

/** What a gateway shows of everything. Resolves to undefined if it does not answer. */
export async function lookAt(at: Running, world: World): Promise<Seen | undefined> {
  const known = world.keys.map(({ id }) => id)
  const [keys, persons, sites] = await Promise.all([
    ask<SeenKey[]>(at, { method: 'GET', path: '/api/keys', body: {} }),
    ask<{ id: string; state: string }[]>(at, { method: 'GET', path: '/api/people', body: {} }),
    ask<{ origin: string; status: string; decidedBy: string | null }[]>(at, {
      method: 'GET',
      path: '/api/origins',
      body: {},
    }),
  ])
  if (keys.outcome !== 'done' || persons.outcome !== 'done' || sites.outcome !== 'done') return undefined
  const seen: Seen = new Map()
  for (const key of keys.answer) addKey(seen, key)
  for (const id of known) if (!seen.has(registers.there(id))) seen.set(registers.there(id), undefined)
  for (const { id, state } of persons.answer) seen.set(registers.active(id), state === 'active')
  for (const { origin, status } of sites.answer) seen.set(registers.open(origin), status !== 'blocked')
  return seen
}

/** The same from the database. */
async function lookAtDatabase(url: string): Promise<Seen> {
  return withClient(url, async (client) => {
    const seen: Seen = new Map()
    const keys = await client.query<{ id: string; name: string; enabled: number; deleted: boolean }>(
      'SELECT id, name, enabled, deleted_at IS NOT NULL AS deleted FROM latchkey.keys',
    )
    for (const key of keys.rows) {
      if (!key.deleted) addKey(seen, { ...key, enabled: key.enabled === 1 })
    }
    const persons = await client.query<{ id: string; state: string }>('SELECT id, state FROM latchkey.persons')
    for (const { id, state } of persons.rows) seen.set(registers.active(id), state === 'active')
    const sites = await client.query<{ origin: string; status: string }>('SELECT origin, status FROM latchkey.origins')
    for (const { origin, status } of sites.rows) seen.set(registers.open(origin), status !== 'blocked')
    return seen
  })
}

/** What all gateways and the database show of the registers; the database has the number after the last gateway. */
export async function lookEverywhere(
  cluster: Cluster,
  recorder: Recorder,
  world: World,
  names: readonly string[],
): Promise<Look[] | undefined> {
  const from = recorder.now()
  const seen = await Promise.all([
    ...cluster.running.map((running) => lookAt(running, world)),
    lookAtDatabase(cluster.url),
  ])
  const to = recorder.now()
  if (seen.includes(undefined) || cluster.running.length < cluster.members.length) return undefined
  return seen.flatMap((one, gateway) =>
    one === undefined
      ? []
      : names
          .filter((register) => !register.includes(' secret ') && !isPartOfDeleted(one, register))
          .map((register) => ({ gateway, register, value: one.get(register), from, to })),
  )
}

function addKey(seen: Seen, { id, name, enabled }: SeenKey): void {
  seen.set(registers.there(id), true)
  seen.set(registers.enabled(id), enabled)
  seen.set(registers.name(id), name)
}

/** Nobody sees the name of a deleted key. */
function isPartOfDeleted(seen: Seen, register: string): boolean {
  const [id = ''] = register.split(' ')
  return register !== registers.there(id) && id.startsWith('key_') && seen.get(registers.there(id)) !== true
}
