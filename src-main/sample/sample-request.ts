// sample upstream: canned answers, no model.
import { zstdDecompressSync } from 'node:zlib'
import { decodeGoJson, type GoObject } from './go-json.ts'

/** One request as the sample upstream received it. */
export interface SampleRequest {
  readonly method: string
  /** The request target as sent, undecoded. */
  readonly url: string
  /** Alternating names and values, like in node:http. */
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
  /** Settles when the exchange has ended: `whole`, or `cut` if the client left before the end of the answer. */
  readonly ended: Promise<'whole' | 'cut'>
}

/** The answer of a handler. Each piece of a stream is sent as its own write. */
export interface SampleAnswer {
  readonly status: number
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string | Iterable<string>
}

/** An error that the handler's dialect turns into an answer. */
export class SampleError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

export function json(value: unknown, status = 200): SampleAnswer {
  return { status, contentType: 'application/json; charset=utf-8', body: JSON.stringify(value) }
}

export function text(body: string, status = 200): SampleAnswer {
  return { status, contentType: 'text/plain; charset=utf-8', body }
}

export function ndjson(lines: Iterable<object>): SampleAnswer {
  return {
    status: 200,
    contentType: 'application/x-ndjson',
    body: framed(lines, (line) => `${JSON.stringify(line)}\n`),
  }
}

/** Server-sent events; each piece is one whole event. */
export function eventStream(events: Iterable<string>): SampleAnswer {
  return { status: 200, contentType: 'text/event-stream', body: events }
}

function* framed(lines: Iterable<object>, frame: (line: object) => string): Iterable<string> {
  for (const line of lines) yield frame(line)
}

// Ollama's middleware for /v1/* (maxDecompressedBodySize).
const ZSTD_CAP = 20 * 1024 * 1024

/** The JSON object of a body, whatever its Content-Type, like in Ollama. Throws a SampleError (400). */
export function bodyOf(body: Buffer, contentEncoding: string | undefined): GoObject {
  try {
    const bytes = contentEncoding === 'zstd' ? zstdDecompressSync(body, { maxOutputLength: ZSTD_CAP }) : body
    return decodeGoJson(bytes.toString())
  } catch (error) {
    throw new SampleError(400, error instanceof Error ? error.message : String(error))
  }
}
