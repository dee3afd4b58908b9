/** The bench's traffic, defined once for the load, the upstream and the subjects. */
export interface RequestPlan {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly secret: string
  /** Size of the body in bytes; 0 for none. The text of `json` comes first, and blanks fill the rest. */
  readonly bodyBytes: number
  readonly json: string
}

/** Where the connections of a job go. */
export interface Target {
  readonly port: number
  /** An address for connections with TLS; undefined for plain ones to 127.0.0.1. */
  readonly tlsAddress?: string | undefined
}

/** A job for the load process. */
export type LoadJob = Target &
  (
    | {
        readonly kind: 'requests'
        readonly connections: number
        readonly total: number
        readonly plan: RequestPlan
      }
    | {
        readonly kind: 'streams'
        readonly streams: number
        readonly plan: RequestPlan
        /** Gives each chunk by itself as well. */
        readonly each?: boolean
      }
    | {
        /** Opens connections, closes them after the handshake, and counts them as `full` or `resumed` in `statuses`. */
        readonly kind: 'handshakes'
        readonly total: number
        readonly parallel: number
        /** Whether all but the first resume a session. */
        readonly resume: boolean
      }
    | {
        /** Opens connections and sends one request on each; they stay open until the job `release`. */
        readonly kind: 'hold'
        readonly connections: number
        readonly plan: RequestPlan
      }
    | { readonly kind: 'release' }
  )

/** The results of a job. Times in microseconds. */
export interface LoadResult {
  /** From sending a request to the end of its answer, or to the first byte of a stream's body. */
  readonly p50: number
  readonly p99: number
  /** From writing a chunk in the upstream to its arrival. */
  readonly chunkP50: number
  readonly chunkP99: number
  readonly chunks: number
  /** Of each chunk: when it was written, on the clock that all processes of a computer share, and its delay. */
  readonly each?: readonly (readonly [writtenAt: number, delay: number])[]
  /** The count of each status. */
  readonly statuses: Readonly<Record<string, number>>
}

/** The prompt of a stream tells the upstream its length and pace. */
export function streamJson(chunks: number, everyMs: number): string {
  return JSON.stringify({ model: 'bench', prompt: `${chunks} ${everyMs}`, stream: true })
}

export const CHAT_JSON = JSON.stringify({
  model: 'bench',
  messages: [{ role: 'user', content: 'Hello' }],
  stream: false,
})
export const SMALL_PATH = '/api/chat'
/** A chat route whose answers the gateway does not meter. */
export const UNMETERED_PATH = '/api/embeddings'
export const STREAM_PATH = '/api/generate'
export const BLOB_PATH = '/api/pull'
export const BLOB_BYTES = 100 * 1024 * 1024
