import type { PairingRequest } from '#shared/pairing/pairing.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { withClient } from '../support/postgres.ts'
import { openSharedStore, type SharedStore } from '../support/shared-store.ts'
import { until } from '../support/until.ts'

/** A gateway whose requests for a key are in a shared database. Its keys and sites are its own. */
export interface SharingGateway extends TestGateway {
  readonly shared: SharedStore
  /** The events about new requests, oldest first. */
  readonly askedQuestions: readonly PairingRequest[]
  /** How often it has read the database because of an unknown code. */
  readonly looks: () => number
}

export interface SharingOptions {
  readonly url: string
  /** How far its clock is ahead, in milliseconds. */
  readonly aheadMs?: number
  /** The name of its computer; all have the same one without it. */
  readonly computer?: string
  /** Called when an approved app fetches its key, before the key is created. */
  readonly beforeKey?: () => void | Promise<void>
}

export async function startSharingGateway(options: SharingOptions): Promise<SharingGateway> {
  const { url, aheadMs = 0, computer = 'box', beforeKey } = options
  const now = () => Date.now() + aheadMs
  const shared = await openSharedStore(url, { now })
  const { pairings } = shared.store
  const askedQuestions: PairingRequest[] = []
  let looks = 0
  const gateway: TestGateway = await startGateway({
    pairing: {
      store: {
        change: (decide) => pairings.change(decide),
        look: () => {
          looks += 1
          return pairings.look()
        },
      },
      now,
      onQuestion: (request) => askedQuestions.push(request),
      facts: {
        computer,
        originName: (origin) => gateway.access.originName(origin),
        isBlocked: (origin) => gateway.access.isBlocked(origin),
        findProgram: () => Promise.resolve(undefined),
      },
      keys: {
        async create(key) {
          await beforeKey?.()
          return gateway.access.keys.create(key)
        },
        withdraw: async ({ id }) => void (await gateway.access.keys.forget(id)),
        allow: async (origin) => void (await gateway.access.origins.decide(origin, 'allowed')),
      },
    },
  })
  shared.store.follow((rows) => gateway.pairings.follow(rows.pairings))
  shared.store.changes(async ({ kind }) => {
    if (kind === 'here') gateway.pairings.onDatabaseBack()
  })
  // What the store had handed over before.
  for (const event of shared.events) if (typeof event !== 'string') gateway.pairings.follow(event.pairings)
  return {
    ...gateway,
    shared,
    askedQuestions,
    looks: () => looks,
    close: async () => {
      await gateway.close()
      await shared.store.close()
    },
  }
}

/** The only open request, when this gateway knows it. */
export async function questionAt({ pairings }: Pick<TestGateway, 'pairings'>): Promise<PairingRequest> {
  await until(() => pairings.list().length > 0, 'the question')
  const [request, another] = pairings.list()
  if (request === undefined || another !== undefined) throw new Error('there is not exactly one request')
  return request
}

/** Waits until each gateway has told how the request went on, and returns the outcomes that each told. */
export async function outcomesAt(gateways: readonly TestGateway[], last: string): Promise<string[][]> {
  const told = ({ pairingChanges }: TestGateway) => pairingChanges.map(({ outcome }) => String(outcome))
  await until(() => gateways.every((gateway) => told(gateway).at(-1) === last), `${last} at all gateways`)
  return gateways.map(told)
}

/** As if so much time had passed for the requests in the database. The gateways learn of it as of any change. */
export async function age(url: string, ms: number): Promise<void> {
  const { n } = await withClient(url, async (client) => {
    const { rows } = await client.query<{ n: string }>(
      'UPDATE latchkey.change_counter SET n = n + 1 RETURNING n::text AS n',
    )
    return rows[0] ?? { n: '' }
  })
  const older = ['askedAt', 'endsAt', 'keptUntil']
    .map((name) => `'${name}', (content::json->>'${name}')::numeric - ${ms}`)
    .join(', ')
  await withClient(url, async (client) => {
    await client.query(
      `UPDATE latchkey.pairings SET content = (content::jsonb || jsonb_build_object(${older}))::text, version = ${n},
         kept_until = kept_until - ${ms}`,
    )
    await client.query(`SELECT pg_notify('latchkey_changes', '${n}')`)
  })
}
