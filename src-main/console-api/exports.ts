import type { Context, Hono } from 'hono'
import { CONSOLE_EXPORTS, EXPORT_ROWS_HEADER, STREAM_ROLES } from '#shared/console-api/console-api.ts'
import { parseInput } from '#shared/text/input-sentence.ts'
import { EXCHANGE_HEADINGS, exchangeCsv, usageCsv } from '#shared/usage/csv.ts'
import type { ConsoleEnv } from './console-env.ts'
import { allow } from './roles/allow.ts'

type Format = 'csv' | 'json'

/** The content of an export: rows as text, in batches as they are read. */
interface Rows {
  readonly name: string
  readonly count: number
  /** The CSV heading line. */
  readonly headings: string
  readonly batches: AsyncIterable<readonly string[]> | Iterable<readonly string[]>
}

/**
 * Serves files to download. They are streamed while they are read, so memory use does not depend on the number of rows.
 */
export function serveExports(app: Hono<ConsoleEnv>): void {
  app.get('/api/export/usage', allow(STREAM_ROLES['GET /api/export/usage']), async (context) => {
    const { format, ...query } = parseInput(CONSOLE_EXPORTS['GET /api/export/usage'], context.req.query())
    const report = await context.var.ports.usage(query)
    const [headings = '', ...lines] = usageCsv(report)
    const rows = format === 'csv' ? lines : report.rows.map((row) => JSON.stringify(row))
    return answerFile(context, format, { name: 'usage', count: rows.length, headings, batches: [rows] })
  })
  app.get('/api/export/exchanges', allow(STREAM_ROLES['GET /api/export/exchanges']), async (context) => {
    const { format, ...filter } = parseInput(CONSOLE_EXPORTS['GET /api/export/exchanges'], context.req.query())
    const { count, batches } = await context.var.ports.exportExchanges(filter)
    const write = format === 'csv' ? exchangeCsv : JSON.stringify
    const rows = mapBatches(batches, (exchange) => write(exchange))
    return answerFile(context, format, { name: 'requests', count, headings: EXCHANGE_HEADINGS, batches: rows })
  })
}

const TYPES: Readonly<Record<Format, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  json: 'application/json; charset=utf-8',
}

function answerFile(context: Context, format: Format, rows: Rows): Response {
  const chunks = format === 'csv' ? csvChunks(rows) : jsonChunks(rows)
  return context.body(streamOf(chunks), 200, {
    'Content-Type': TYPES[format],
    'Content-Disposition': `attachment; filename="latchkey-${rows.name}.${format}"`,
    [EXPORT_ROWS_HEADER]: String(rows.count),
  })
}

async function* csvChunks({ headings, batches }: Rows): AsyncGenerator<string> {
  yield `${headings}\r\n`
  for await (const batch of batches) if (batch.length > 0) yield `${batch.join('\r\n')}\r\n`
}

async function* jsonChunks({ batches }: Rows): AsyncGenerator<string> {
  let opening = '['
  for await (const batch of batches) {
    if (batch.length === 0) continue
    yield `${opening}\n${batch.join(',\n')}`
    opening = ','
  }
  yield opening === '[' ? '[]\n' : '\n]\n'
}

async function* mapBatches<T>(
  batches: AsyncIterable<readonly T[]>,
  write: (row: T) => string,
): AsyncGenerator<readonly string[]> {
  for await (const batch of batches) yield batch.map(write)
}

/** Reads only as fast as the receiver, and stops when the receiver leaves. */
function streamOf(chunks: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await chunks.next()
      if (next.done === true) controller.close()
      else controller.enqueue(encoder.encode(next.value))
    },
    async cancel() {
      await chunks.return(undefined)
    },
  })
}
