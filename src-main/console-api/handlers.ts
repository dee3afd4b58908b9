import { createPeopleHandlers } from './people-handlers.ts'
import type { ConsolePorts } from './ports.ts'
import type { Handlers } from './route-handlers.ts'

/** The handler of each route of the console's API. */
export function createHandlers(ports: ConsolePorts): Handlers {
  const { keys, handover, origins, pairing, settings, backups, setup, update } = ports
  return {
    ...createPeopleHandlers(ports),
    'GET /api/state': async () => ports.state(),
    'POST /api/upstream/check': () => ports.checkUpstream(),
    'GET /api/upstream/credential': async () => ports.credential.status(),
    'PUT /api/upstream/credential': ({ credential }) => ports.credential.change(credential),
    'GET /api/diagnostics': async () => ({ text: ports.diagnostics() }),
    'GET /api/network': async () => ports.network(),
    'GET /api/lan': () => ports.lan.state(),
    'GET /api/lan/certificate': () => ports.lan.certificate(),
    'POST /api/lan/authority/replace': () => ports.lan.replaceAuthority(),
    'GET /api/login-item': () => ports.loginItem.state(),
    'PUT /api/login-item': ({ on }) => ports.loginItem.change(on),
    'POST /api/quit': async () => {
      ports.quit()
      return { done: true }
    },
    'GET /api/update': async () => update.state(),
    'POST /api/update/look': () => update.look(),
    'POST /api/update/load': () => update.load(),
    'POST /api/update/cancel': () => update.cancel(),
    'POST /api/update/install': () => update.install(),
    'GET /api/keys': () => keys.list(),
    'GET /api/keys/deleted': () => keys.deleted(),
    'GET /api/keys/use': () => ports.keyUses(),
    'GET /api/keys/limit-questions': async () => ports.limitQuestions(),
    'GET /api/keys/:id/places': (_, { id }) => ports.keyPlaces(id),
    'POST /api/keys': ({ via, ...key }) => keys.create(key, via),
    'PATCH /api/keys/:id': (patch, { id }) => keys.update(id, patch),
    'DELETE /api/keys/:id': (_, { id }) => keys.delete(id),
    'POST /api/keys/:id/restore': (_, { id }) => keys.restore(id),
    'POST /api/keys/:id/rotate': ({ graceMs }, { id }) => keys.rotate(id, graceMs),
    'GET /api/handover': () => handover.list(),
    'POST /api/handover/plan': (request) => handover.plan(request),
    'POST /api/handover/apply': (request) => handover.apply(request),
    'POST /api/handover/undo': (request) => handover.undo(request),
    'GET /api/origins': () => origins.list(),
    'GET /api/origins/keys': async ({ origin }) => ({ keyIds: await ports.keysOfOrigin(origin) }),
    'POST /api/origins/decide': ({ origin, status }) => origins.decide(origin, status),
    'POST /api/origins/label': ({ origin, label }) => origins.label(origin, label),
    'POST /api/origins/forget': async ({ origin }) => ((await origins.forget(origin)) ? { done: true } : undefined),
    'GET /api/pairing': async () => pairing.list(),
    'POST /api/pairing/approve': async (approval) => {
      await pairing.approve(approval)
      return { done: true }
    },
    'POST /api/pairing/decline': async (choice) => {
      await pairing.decline(choice)
      return { done: true }
    },
    'GET /api/usage': (query) => ports.usage(query),
    'GET /api/exchanges': (query) => ports.exchanges(query),
    'GET /api/audit': ({ limit, before }) => ports.audit(limit, before),
    'GET /api/database': async () => ({ database: await ports.database() }),
    'GET /api/backups': () => backups.list(),
    'POST /api/backups': () => backups.create(),
    'POST /api/backups/restore': ({ name }) => backups.restore(name),
    'GET /api/setup': () => setup.read(),
    'POST /api/setup': (input) => setup.adopt(input),
    'POST /api/forget': (what) => ports.forget(what),
    'GET /api/settings': async () => settings.read(),
    'PATCH /api/settings': (patch) => settings.change(patch),
  }
}
