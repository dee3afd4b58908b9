import { ask } from './changers.ts'
import type { Cluster } from './cluster.ts'
import type { Running } from './world.ts'

interface Report {
  readonly values: readonly { readonly value: string; readonly requests: number; readonly refused: number }[]
}

/** How many requests of each key were answered, as each gateway reports it. */
export function countsEverywhere(cluster: Cluster, since: number): Promise<ReadonlyMap<string, number>[]> {
  return Promise.all(cluster.running.map((running) => countsAt(running, since)))
}

async function countsAt(running: Running, since: number): Promise<ReadonlyMap<string, number>> {
  const asked = { method: 'GET', path: `/api/usage?by=key&from=${since}`, body: {} }
  const answered = await ask<Report>(running, asked)
  if (answered.outcome !== 'done') return new Map()
  return new Map(answered.answer.values.map(({ value, requests, refused }) => [value, requests - refused]))
}
