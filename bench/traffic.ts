/** What the bench sends, said in one place so that the load, the upstream and the subjects agree. */
export interface RequestPlan {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly secret: string
  /** Bytes of the body; 0 for none. The text of `json` comes first, blanks fill the rest. */
  readonly bodyBytes: number
  readonly json: string
}

/** A job for the load process. */
export type LoadJob =
  | {
      readonly kind: 'requests'
      readonly port: number
      readonly connections: number
      readonly total: number
      readonly plan: RequestPlan
    }
  | {
      readonly kind: 'streams'
      readonly port: number
      readonly streams: number
      readonly plan: RequestPlan
      /** Gives each chunk by itself as well. */
      readonly each?: boolean
    }

/** What came of a job. Times in microseconds. */
export interface LoadResult {
  /** From sending a request to the end of its answer, or to the first byte of a stream's body. */
  readonly p50: number
  readonly p99: number
  /** From writing a chunk in the upstream to reading it. */
  readonly chunkP50: number
  readonly chunkP99: number
  readonly chunks: number
  /** Of each chunk: when it was written, on the clock that all processes of a computer share, and its delay. */
  readonly each?: readonly (readonly [writtenAt: number, delay: number])[]
  /** How often each status came. */
  readonly statuses: Readonly<Record<string, number>>
}

/** A stream asks the upstream for its length and pace through its prompt. */
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
