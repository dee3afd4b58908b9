// Slow enough for a person to see single words arrive.
const CHUNK_DELAY_MS = 30

/** The built-in sample instead of Ollama: canned answers, no model. */
export interface Demo {
  /** Its address, for the setting `upstream`. */
  readonly url: string
  close(): Promise<void>
}

/** Starts the sample on a free port. Loads its code only here, so that no other start pays for it. */
export async function startDemo(): Promise<Demo> {
  const { startSampleUpstream } = await import('./sample-upstream.ts')
  return startSampleUpstream({ chunkDelayMs: CHUNK_DELAY_MS })
}
