import { type ConsoleExport, EXPORT_ROWS_HEADER, type ExportInput } from '#shared/console-api/console-api.ts'
import { errorOf, queryOf } from '../../api/client.ts'
import { fetchFromCore } from '../../api/session.ts'

export interface ExportProgress {
  /** Rows received so far. */
  readonly rows: number
  /** All rows at the time of the request. */
  readonly of: number
}

const NEW_LINE = 10

/**
 * Reads a complete export. Rejects with an `ApiError`, with a TypeError if the connection breaks, and with an
 * AbortError if the signal aborts.
 */
export async function readExport<R extends ConsoleExport>(
  route: R,
  input: ExportInput<R>,
  { onProgress, signal }: { onProgress: (progress: ExportProgress) => void; signal: AbortSignal },
): Promise<Blob> {
  const response = await fetchFromCore(pathOf(route) + queryOf(input), { signal })
  if (!response.ok || response.body === null) throw await errorOf(response)
  const of = Number(response.headers.get(EXPORT_ROWS_HEADER) ?? 0)
  const chunks: Uint8Array<ArrayBuffer>[] = []
  const reader = response.body.getReader()
  // The first line is CSV's headings or JSON's bracket.
  let rows = -1
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    chunks.push(step.value)
    rows += countLines(step.value)
    onProgress({ rows: Math.min(Math.max(rows, 0), of), of })
  }
  return new Blob(chunks, { type: response.headers.get('Content-Type') ?? '' })
}

function pathOf(route: ConsoleExport): string {
  return route.split(' ')[1] ?? ''
}

function countLines(bytes: Uint8Array): number {
  let lines = 0
  for (const byte of bytes) if (byte === NEW_LINE) lines += 1
  return lines
}
