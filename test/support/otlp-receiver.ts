import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

/** A metric as the receiver understood it: one entry per data point. */
export interface ReceivedPoint {
  readonly metric: string
  readonly unit: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly count: number
  readonly sum: number
  readonly bounds: readonly number[]
}

export interface OtlpPush {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly resource: Readonly<Record<string, unknown>>
  readonly points: readonly ReceivedPoint[]
}

export interface OtlpReceiver {
  /** Without a path, as an operator writes it. */
  readonly url: string
  readonly pushes: readonly OtlpPush[]
  close(): Promise<void>
}

/**
 * A receiver of OTLP over HTTP in protobuf. It is a stand-in for an OpenTelemetry collector, which no package here brings
 * along, and decodes with the field numbers of opentelemetry-proto 1.x. `answer` is the status of its answers; null: none.
 */
export async function startOtlpReceiver(answer: () => number | null = () => 200): Promise<OtlpReceiver> {
  const pushes: OtlpPush[] = []
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await bodyOf(request)
    const status = answer()
    if (status === null) return
    if (status === 200) pushes.push({ path: request.url ?? '', headers: request.headers, body, ...decode(body) })
    response.writeHead(status, { 'content-type': 'application/x-protobuf' }).end()
  }
  const server = createServer((request, response) => void take(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pushes,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
}

/** The fields of a message by number, each a list: numbers for fixed and variable lengths, bytes for the rest. */
type Fields = ReadonlyMap<number, readonly (number | Buffer)[]>

function fieldsOf(bytes: Buffer): Fields {
  const fields = new Map<number, (number | Buffer)[]>()
  let at = 0
  const varint = () => {
    let value = 0
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++]
      if (byte === undefined) throw new Error('a message ends within a number')
      value += (byte & 127) * shift
      if (byte < 128) return value
    }
  }
  while (at < bytes.length) {
    const tag = varint()
    const [number, kind] = [Math.floor(tag / 8), tag % 8]
    let value: number | Buffer
    if (kind === 0) value = varint()
    else {
      const length = kind === 1 ? 8 : kind === 5 ? 4 : varint()
      value = bytes.subarray(at, at + length)
      if (value.length !== length) throw new Error('a message ends within a field')
      at += length
    }
    fields.set(number, [...(fields.get(number) ?? []), value])
  }
  return fields
}

const NONE: Fields = new Map()
const bytesAt = (fields: Fields, number: number) => (fields.get(number) ?? []) as readonly Buffer[]
const messagesAt = (fields: Fields, number: number) => bytesAt(fields, number).map(fieldsOf)
const textAt = (fields: Fields, number: number) => bytesAt(fields, number)[0]?.toString('utf8') ?? ''
const doublesIn = (packed: Buffer | undefined) =>
  Array.from({ length: (packed?.length ?? 0) / 8 }, (_, index) => packed?.readDoubleLE(index * 8) ?? Number.NaN)

/** ExportMetricsServiceRequest: 1 resource_metrics; ResourceMetrics: 1 resource, 2 scope_metrics. */
function decode(body: Buffer): Pick<OtlpPush, 'resource' | 'points'> {
  const [resourceMetrics = NONE] = messagesAt(fieldsOf(body), 1)
  const [resource = NONE] = messagesAt(resourceMetrics, 1)
  const metrics = messagesAt(resourceMetrics, 2).flatMap((scope) => messagesAt(scope, 2))
  return { resource: attributesAt(resource, 1), points: metrics.flatMap(pointsOf) }
}

/** Metric: 1 name, 3 unit, 9 histogram; Histogram: 1 data_points; HistogramDataPoint: 4 count, 5 sum, 7 bounds, 9 attributes. */
function pointsOf(metric: Fields): ReceivedPoint[] {
  const points = messagesAt(metric, 9).flatMap((histogram) => messagesAt(histogram, 1))
  return points.map((point) => ({
    metric: textAt(metric, 1),
    unit: textAt(metric, 3),
    attributes: attributesAt(point, 9),
    count: Number(bytesAt(point, 4)[0]?.readBigUInt64LE() ?? 0n),
    sum: doublesIn(bytesAt(point, 5)[0])[0] ?? 0,
    bounds: doublesIn(bytesAt(point, 7)[0]),
  }))
}

/** KeyValue: 1 key, 2 value; AnyValue: 1 string, 2 bool, 3 int. */
function attributesAt(fields: Fields, number: number): Record<string, unknown> {
  const pairs = messagesAt(fields, number).map((pair): [string, unknown] => {
    const [value = NONE] = messagesAt(pair, 2)
    return [textAt(pair, 1), value.has(1) ? textAt(value, 1) : (value.get(2) ?? value.get(3))?.[0]]
  })
  return Object.fromEntries(pairs)
}
