import { randomBytes } from 'node:crypto'
import type { Exchange } from '#shared/gateway/exchange.ts'
import type { IssuedKey, Key, NewKeyInput } from '#shared/keys/key.ts'
import { newKeySchema } from '#shared/keys/key.ts'
import type { OriginRecord, UnknownOrigins } from '#shared/origins/origin.ts'
import type { PairingChange } from '#shared/pairing/pairing.ts'
import { AccessRoom } from '../../src-main/access/access-room.ts'
import { createGateway, type GatewayOptions } from '../../src-main/gateway/create-gateway.ts'
import { openHttp1 } from '../../src-main/gateway/http1/connection-pool.ts'
import type { GatewayConfig } from '../../src-main/gateway/ports.ts'
import type { UpstreamDeadlines } from '../../src-main/gateway/transport.ts'
import { type PairingOptions, Pairings } from '../../src-main/pairing/pairings.ts'
import { People } from '../../src-main/people/people.ts'
import { type SampleRequest, startSampleUpstream } from '../../src-main/sample/sample-upstream.ts'
import { openFile } from '../../src-main/store/sqlite/open-file.ts'
import { OllamaRemoteModels } from '../../src-main/upstreams/remote-models.ts'
import { useAlways } from './summed-store.ts'
import { createTempDir } from './temp-dir.ts'
import { until } from './until.ts'

export interface TestGateway {
  readonly port: number
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  /** The address of the sample upstream. */
  readonly sampleUrl: string
  /** All requests that reached the sample upstream, oldest first. */
  readonly received: SampleRequest[]
  /** All recorded exchanges, oldest first. */
  readonly records: Exchange[]
  readonly questions: OriginRecord[]
  /** Apps that ask for a key, with their whole life. */
  readonly pairings: Pairings
  /** The events about them, oldest first. */
  readonly pairingChanges: PairingChange[]
  /** Internal errors, oldest first. */
  readonly failures: { readonly error: unknown; readonly exchange: string | undefined }[]
  /** Keys for which the person was asked whether they may go online. */
  readonly onlineQuestions: Key[]
  readonly otherAppQuestions: readonly Key[]
  readonly people: People
  readonly access: AccessRoom
  readonly gateway: ReturnType<typeof createGateway>
  /** Changed in place; takes effect on the next request. */
  settings: { unknownOrigins: UnknownOrigins } & { -readonly [F in keyof GatewayConfig]: GatewayConfig[F] }
  createKey(key?: Partial<NewKeyInput>): Promise<IssuedKey>
  /** Waits for the record of the exchange that ends as number `at`, counting from 0. */
  record(at?: number): Promise<Exchange>
  close(): Promise<void>
}

export interface TestGatewayOptions {
  /** Instead of the sample upstream. */
  readonly upstream?: string
  readonly chunkDelayMs?: number
  readonly timeouts?: GatewayOptions['timeouts']
  readonly own?: GatewayOptions['own']
  /** Called with each exchange before it is in `records`. */
  readonly onRecord?: (exchange: Exchange, address: string, userAgent: string | undefined) => void
  /** Names of the sample's remote models. The gateway then asks it where its models run, like in the app. */
  readonly remoteModels?: readonly string[]
  /** Instead of the parts of the app. */
  readonly pairing?: Partial<PairingOptions>
  /** How other devices come in. */
  readonly entrance?: GatewayOptions['entrance']
  readonly trustPage?: GatewayOptions['trustPage']
  /** Shorter timeouts than the real ones. */
  readonly deadlines?: Partial<UpstreamDeadlines>
}

/** Latchkey's own routes are tested on a whole app, which has data for them. */
const noOwnRoutes = {
  key: () => ({}),
  usage: async () => ({}),
  metrics: async () => ({ text: '', contentType: 'text/plain' }),
}

const quiet = { warn: () => undefined, error: () => undefined, info: () => undefined }

/** The real gateway on a free port, with real access control on a real store file, in front of the sample upstream. */
export async function startGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const dir = await createTempDir()
  const received: SampleRequest[] = []
  const sample = await startSampleUpstream({
    chunkDelayMs: options.chunkDelayMs ?? 0,
    ...(options.remoteModels === undefined ? {} : { remoteModels: options.remoteModels }),
    onRequest: (request) => received.push(request),
  })
  const settings: TestGateway['settings'] = {
    upstream: options.upstream ?? sample.url,
    upstreamCredential: null,
    upstreamCertificate: null,
    paused: false,
    databaseAway: false,
    cookieCarrier: false,
    hosts: new Set(),
    unknownOrigins: 'key',
  }
  const store = await openFile({ dataDir: dir.path, now: Date.now, log: quiet })
  const questions: OriginRecord[] = []
  const onlineQuestions: Key[] = []
  const otherAppQuestions: Key[] = []
  const people = await People.open({
    store: store.persons,
    use: useAlways,
    now: Date.now,
    randomBytes: (length) => randomBytes(length),
    onNarrowed: (id) => access.revokePerson(id),
    onRemoved: () => undefined,
    onChanged: () => undefined,
  })
  const access = await AccessRoom.open({
    persons: people,
    keys: store.keys,
    origins: store.origins,
    arrivals: store.arrivals,
    use: useAlways,
    unknownOrigins: () => settings.unknownOrigins,
    tokensSince: () => Promise.resolve(0),
    now: Date.now,
    randomBytes: (length) => randomBytes(length),
    log: quiet,
    onKeysChanged: () => undefined,
    onOriginsChanged: () => undefined,
    onQuestion: (record) => questions.push(record),
    onOnlineQuestion: (key) => onlineQuestions.push(key),
    onOtherAppQuestion: (key) => otherAppQuestions.push(key),
    onLimitQuestion: () => undefined,
    onQuotaWarning: () => undefined,
  })
  const records: Exchange[] = []
  const failures: TestGateway['failures'] = []
  const remote = new OllamaRemoteModels({
    probe: (path, body) => gateway.probe(path, body),
    url: () => settings.upstream,
    now: Date.now,
  })
  const pairingChanges: PairingChange[] = []
  const pairings = new Pairings({
    version: '1.2.3',
    store: null,
    keys: {
      create: (key) => access.keys.create(key),
      withdraw: async ({ id }) => void (await access.keys.forget(id)),
      allow: async (origin) => void (await access.origins.decide(origin, 'allowed')),
    },
    facts: {
      computer: '',
      originName: (origin) => access.originName(origin),
      isBlocked: (origin) => access.isBlocked(origin),
      findProgram: () => Promise.resolve(undefined),
    },
    isOn: () => true,
    language: () => 'auto',
    now: Date.now,
    monotonic: () => performance.now(),
    randomBytes,
    log: quiet,
    onQuestion: () => undefined,
    onChange: (change) => pairingChanges.push(change),
    ...options.pairing,
  })
  const gateway = createGateway({
    access,
    pairing: pairings,
    recorder: {
      record(exchange, address, userAgent) {
        options.onRecord?.(exchange, address, userAgent)
        records.push(exchange)
      },
    },
    own: options.own ?? noOwnRoutes,
    ...(options.remoteModels === undefined ? {} : { remote }),
    config: () => settings,
    unready: () => (settings.paused ? 'paused' : null),
    now: Date.now,
    failures: { note: (error, exchange) => void failures.push({ error, exchange }) },
    openTransport: openHttp1,
    ...(options.entrance === undefined ? {} : { entrance: options.entrance }),
    ...(options.trustPage === undefined ? {} : { trustPage: options.trustPage }),
    ...(options.timeouts === undefined ? {} : { timeouts: options.timeouts }),
    ...(options.deadlines === undefined ? {} : { upstreamDeadlines: options.deadlines }),
  })
  const { port } = await gateway.listen({ hosts: ['127.0.0.1', '::1'], port: 0 })
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    sampleUrl: sample.url,
    received,
    records,
    questions,
    pairings,
    pairingChanges,
    failures,
    onlineQuestions,
    otherAppQuestions,
    people,
    access,
    gateway,
    settings,
    createKey: (key = {}) => access.keys.create(newKeySchema.parse({ name: 'test', ...key })),
    record: (at = 0) => until(() => records[at], 'a recorded exchange'),
    close: async () => {
      await gateway.close(0)
      await pairings.close()
      await access.close()
      await store.close()
      await sample.close()
      await dir.remove()
    },
  }
}
