import { randomBytes } from 'node:crypto'
import { newKeySchema } from '#shared/keys/key.ts'
import { AccessRoom } from '../../src-main/access/access-room.ts'
import { createGateway } from '../../src-main/gateway/create-gateway.ts'
import { openHttp1 } from '../../src-main/gateway/http1/connection-pool.ts'
import { People } from '../../src-main/people/people.ts'
import { openFile } from '../../src-main/store/sqlite/open-file.ts'
import { useAlways } from '../../test/support/summed-store.ts'
import { given } from './arguments.ts'

// The gateway with its keys and rules but without a recorder. The difference to the full gateway is the cost of
// recording.
const log = { warn: () => undefined, error: () => undefined, info: () => undefined }
const store = await openFile({ dataDir: given.dir, now: Date.now, log })
const people = await People.open({
  store: store.persons,
  use: useAlways,
  now: Date.now,
  randomBytes: (length) => randomBytes(length),
  onNarrowed: () => undefined,
  onRemoved: () => undefined,
  onChanged: () => undefined,
})
const access = await AccessRoom.open({
  persons: people,
  keys: store.keys,
  origins: store.origins,
  arrivals: store.arrivals,
  use: useAlways,
  unknownOrigins: () => 'key',
  tokensSince: () => Promise.resolve(0),
  now: Date.now,
  randomBytes: (length) => randomBytes(length),
  log,
  onKeysChanged: () => undefined,
  onOriginsChanged: () => undefined,
  onQuestion: () => undefined,
  onOnlineQuestion: () => undefined,
  onOtherAppQuestion: () => undefined,
  onLimitQuestion: () => undefined,
  onQuotaWarning: () => undefined,
})
const config = {
  upstream: `http://127.0.0.1:${given.upstreamPort}`,
  upstreamCredential: null,
  upstreamCertificate: null,
  paused: false,
  databaseAway: false,
  cookieCarrier: false,
  hosts: new Set<string>(),
}
const gateway = createGateway({
  access,
  recorder: { record: () => undefined },
  own: { key: () => ({}), usage: async () => ({}), metrics: async () => ({ text: '', contentType: 'text/plain' }) },
  config: () => config,
  unready: () => null,
  now: Date.now,
  failures: { note: (error) => console.error(error) },
  openTransport: openHttp1,
})
const { port } = await gateway.listen({ hosts: ['127.0.0.1'], port: 0 })
const { secret } = await access.keys.create(newKeySchema.parse({ name: 'Bench', scopes: ['chat', 'models', 'manage'] }))
process.send?.({ port, secret })
