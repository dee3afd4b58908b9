import { usageReportSchema } from '#shared/usage/usage.ts'
import { PATIENCE_MS } from './patience.ts'
import type { Serve } from './serve.ts'

export interface BookedTokens {
  readonly prompt: number
  readonly completion: number
  /** Answers without readable counts. */
  readonly unmetered: number
}

/** The tokens recorded for a key, as soon as that many requests are recorded. */
export async function bookedTokens(serve: Serve, keyId: string, requests: number): Promise<BookedTokens> {
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    const { stdout, stderr } = await serve.run('usage', '--by', 'key', '--period', 'day', '--json')
    if (stdout === '') throw new Error(`no usage: ${stderr}`)
    const rows = usageReportSchema.parse(JSON.parse(stdout)).rows.filter(({ value }) => value === keyId)
    const sum = (name: 'requests' | 'promptTokens' | 'completionTokens' | 'unmetered') =>
      rows.reduce((total, row) => total + row[name], 0)
    if (sum('requests') >= requests) {
      return { prompt: sum('promptTokens'), completion: sum('completionTokens'), unmetered: sum('unmetered') }
    }
    if (Date.now() > deadline) throw new Error(`only ${sum('requests')} of ${requests} requests were booked`)
  }
}
