import { createHash } from 'node:crypto'
import type { Exchange } from '#shared/gateway/exchange.ts'
import type { Client } from '../connection/database.ts'

/** A key or a site, or all usage. */
type Forgotten = { readonly by: 'key' | 'origin'; readonly text: string } | 'everything'

/** Notes that usage until now is forgotten: a gateway that was cut off may still have some on its disk. */
export async function noteForgotten(client: Client, what: Forgotten): Promise<void> {
  await client.query(
    `INSERT INTO forgotten (what, at) VALUES ($1, (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint)
     ON CONFLICT (what) DO UPDATE SET at = excluded.at`,
    [fingerprint(what)],
  )
}

/** The exchanges that are older than the forgetting of their key, of their site or of everything. */
export async function forgottenAmong(client: Client, exchanges: readonly Exchange[]): Promise<ReadonlySet<Exchange>> {
  const named = new Map(exchanges.map((exchange) => [exchange, namesOf(exchange).map(fingerprint)]))
  const { rows } = await client.query<{ what: string; at: number }>(
    'SELECT what, at FROM forgotten WHERE what = ANY ($1::text[])',
    [[...new Set([...named.values()].flat())]],
  )
  const at = new Map(rows.map((row) => [row.what, row.at]))
  return new Set(exchanges.filter((one) => named.get(one)?.some((what) => one.time <= (at.get(what) ?? -1))))
}

function namesOf({ keyId, origin }: Exchange): Forgotten[] {
  const names: Forgotten[] = ['everything']
  if (keyId !== null) names.push({ by: 'key', text: keyId })
  if (origin !== null) names.push({ by: 'origin', text: origin })
  return names
}

/** Does not tell what was forgotten to somebody who does not know it already. */
function fingerprint(what: Forgotten): string {
  const text = what === 'everything' ? what : `${what.by} ${what.text}`
  return createHash('sha256').update(text).digest('base64url')
}
