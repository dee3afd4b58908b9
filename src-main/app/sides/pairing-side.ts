import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { AppEvent } from '#shared/console-api/events.ts'
import type { Host } from '../../base/host.ts'
import type { ConsolePorts } from '../../console-api/ports.ts'
import { createFindProgram } from '../../pairing/asker/find-program.ts'
import { Pairings } from '../../pairing/pairings.ts'
import type { SettingsService } from '../../settings/settings.ts'
import type { Rooms } from '../rooms.ts'
import type { StorePort } from '../store/store-port.ts'

export interface PairingSideOptions {
  readonly host: Pick<Host, 'version' | 'log' | 'env'>
  readonly settings: Pick<SettingsService, 'read'>
  readonly rooms: Pick<Rooms, 'access'>
  readonly store: Pick<StorePort, 'pairings' | 'follow' | 'changes'>
  readonly now: () => number
  readonly tell: (event: AppEvent) => void
  /** The core's operations. The audit trail names pairing as the actor of its changes. */
  readonly core: () => Pick<ConsolePorts, 'keys' | 'origins'>
}

/** The pairing of apps, with the keys and sites that it may change. */
export function createPairings(options: PairingSideOptions): Pairings {
  const { host, settings, store, now, tell, core } = options
  const { access } = options.rooms
  const pairings = new Pairings({
    version: host.version,
    store: store.pairings,
    keys: {
      create: (key) => core().keys.create(key, 'pairing'),
      async withdraw({ id }) {
        await core().keys.delete(id)
        // Nothing was done with it, so nothing needs its name.
        await access.keys.forget(id)
      },
      async allow(origin) {
        await core().origins.decide(origin, 'allowed')
      },
    },
    facts: {
      computer: store.pairings === null ? '' : hostname(),
      originName: (origin) => access.originName(origin),
      isBlocked: (origin) => access.isBlocked(origin),
      findProgram: createFindProgram({ platform: process.platform, env: host.env }),
    },
    isOn: () => settings.read().pairing,
    language: () => settings.read().language,
    now,
    monotonic: () => performance.now(),
    randomBytes,
    log: host.log,
    onQuestion: (request) => tell({ type: 'pairing-question', request }),
    onChange: (change) => tell({ type: 'pairing-change', change }),
  })
  access.onRevoked((revocation) => {
    if ('origin' in revocation) pairings.block(revocation.origin)
  })
  store.follow((rows) => pairings.follow(rows.pairings))
  store.changes(async ({ kind }) => {
    if (kind === 'here') pairings.onDatabaseBack()
  })
  return pairings
}
