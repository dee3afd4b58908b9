import type { Question, Seen } from './extension/asker.ts'

// These functions run in a page of `startPageServer`.

/**
 * Sends a request from the page's own code. Gives up after `patienceMs`, because a browser that asks the person first
 * holds the request back.
 */
export async function askFromPage({ url, ...init }: Question, patienceMs?: number): Promise<Seen> {
  const signal = patienceMs === undefined ? null : AbortSignal.timeout(patienceMs)
  try {
    const response = await fetch(url, { ...init, signal })
    return { status: response.status, text: await response.text() }
  } catch (error) {
    return { failed: (error as Error).message }
  }
}

/** Sends a request from a worker of the page. */
export function askFromWorker(question: Question): Promise<Seen> {
  const worker = new Worker('/worker.js')
  return new Promise((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<Seen>) => {
      worker.terminate()
      resolve(data)
    }
    worker.postMessage(question)
  })
}
