import { randomBytes } from 'node:crypto'
import type { Exchange } from '#shared/gateway/exchange.ts'
import type { IssuedKey, Key, NewKeyInput } from '#shared/keys/key.ts'
import { newKeySchema } from '#shared/keys/key.ts'
import type { OriginRecord, UnknownOrigins } from '#shared/origins/origin.ts'
import { createAccess } from '../../src-main/access/create-access.ts'
import { createGateway, type GatewayOptions } from '../../src-main/gateway/create-gateway.ts'
import { openHttp1 } from '../../src-main/gateway/http1/connection-pool.ts'
import type { GatewayConfig } from '../../src-main/gateway/ports.ts'
import type { UpstreamDeadlines } from '../../src-main/gateway/transport.ts'
import { type SampleRequest, startSampleUpstream } from '../../src-main/sample/sample-upstream.ts'
import { openStore } from '../../src-main/store/sqlite/open-store.ts'
import { createRemoteModels } from '../../src-main/upstreams/remote-models.ts'
import { createTempDir } from './temp-dir.ts'
import { until } from './until.ts'

export interface TestGateway {
  readonly port: number
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  /** Of the sample upstream. */
  readonly sampleUrl: string
  /** Everything that reached the sample upstream, oldest first. */
  readonly received: SampleRequest[]
  /** Every exchange recorded, oldest first. */
  readonly records: Exchange[]
  readonly questions: OriginRecord[]
  /** Errors of Latchkey's own, oldest first. */
  readonly failures: { readonly error: unknown; readonly exchange: string | undefined }[]
  /** Keys of which the person was asked whether they may go online. */
  readonly onlineQuestions: Key[]
  readonly access: Awaited<ReturnType<typeof createAccess>>
  readonly gateway: ReturnType<typeof createGateway>
  /** Changed in place; takes effect on the next request. */
  settings: { unknownOrigins: UnknownOrigins } & { -readonly [F in keyof GatewayConfig]: GatewayConfig[F] }
  createKey(key?: Partial<NewKeyInput>): Promise<IssuedKey>
  /** The record of the exchange that ends `at`-th (0 is the first); waits for it. */
  record(at?: number): Promise<Exchange>
  close(): Promise<void>
}

export interface TestGatewayOptions {
  /** Instead of the sample upstream. */
  readonly upstream?: string
  readonly chunkDelayMs?: number
  readonly patience?: GatewayOptions['patience']
  readonly own?: GatewayOptions['own']
  /** Is told of each exchange before it is in `records`. */
  readonly onRecord?: (exchange: Exchange) => void
  /** Names of the sample's models that run elsewhere. The gateway then asks it where its models run, as in an app. */
  readonly remoteModels?: readonly string[]
  /** Instead of the real ones, for which a person would wait. */
  readonly deadlines?: Partial<UpstreamDeadlines>
}

/** Latchkey's own routes are tested on a whole app, which has something to say on them. */
const noOwnRoutes = {
  key: () => ({}),
  usage: async () => ({}),
  metrics: async () => ({ text: '', contentType: 'text/plain' }),
}

const quiet = { warn: () => undefined, error: () => undefined, info: () => undefined }

/** The real gateway on a free port, with the real access room on a real store file, before the sample upstream. */
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
    cookieCarrier: false,
    hosts: new Set(),
    unknownOrigins: 'key',
  }
  const store = await openStore({ dataDir: dir.path, now: Date.now, log: quiet })
  const questions: OriginRecord[] = []
  const onlineQuestions: Key[] = []
  const access = await createAccess({
    keys: store.keys,
    origins: store.origins,
    arrivals: store.arrivals,
    unknownOrigins: () => settings.unknownOrigins,
    tokensSince: () => Promise.resolve(0),
    timeZone: () => 'Europe/Berlin',
    now: Date.now,
    randomBytes: (length) => randomBytes(length),
    log: quiet,
    onKeysChanged: () => undefined,
    onOriginsChanged: () => undefined,
    onQuestion: (record) => questions.push(record),
    onOnlineQuestion: (key) => onlineQuestions.push(key),
  })
  const records: Exchange[] = []
  const failures: TestGateway['failures'] = []
  const remote = createRemoteModels({
    probe: (path, body) => gateway.probe(path, body),
    url: () => settings.upstream,
    now: Date.now,
  })
  const gateway = createGateway({
    access,
    recorder: {
      record(exchange) {
        options.onRecord?.(exchange)
        records.push(exchange)
      },
    },
    own: options.own ?? noOwnRoutes,
    ...(options.remoteModels === undefined ? {} : { remote }),
    config: () => settings,
    now: Date.now,
    failures: { note: (error, exchange) => void failures.push({ error, exchange }) },
    openTransport: openHttp1,
    ...(options.patience === undefined ? {} : { patience: options.patience }),
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
    failures,
    onlineQuestions,
    access,
    gateway,
    settings,
    createKey: (key = {}) => access.keys.create(newKeySchema.parse({ name: 'test', ...key })),
    record: (at = 0) => until(() => records[at], 'a recorded exchange'),
    close: async () => {
      await gateway.close(0)
      await access.close()
      await store.close()
      await sample.close()
      await dir.remove()
    },
  }
}
