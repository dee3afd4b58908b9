import { setImmediate as nextTurn } from 'node:timers/promises'
import { addSums, NOTHING } from '#shared/usage/add-sums.ts'
import type { Period, UsageSums } from '#shared/usage/usage.ts'
import type { KeyModelSums } from '#shared/usage/usage-sums.ts'
import type { SumsReader } from './ports.ts'
import { cutTime } from './time-cut.ts'

export interface OwnUsageQuery {
  readonly period: Period
  /** Ids of the keys; undefined for all keys. */
  readonly keyIds?: readonly string[] | undefined
}

/**
 * Sums by time bucket, key and model, for programs. Requests that use no model, such as listing models or this report, are
 * excluded.
 */
export interface OwnUsage {
  /** In the order of the buckets. */
  readonly rows: readonly (KeyModelSums & { readonly bucket: string; readonly label: string })[]
  readonly totals: UsageSums
}

export async function readOwnUsage(
  { store, labelOf }: { store: SumsReader; labelOf: (by: 'key', value: string) => string },
  { period, keyIds }: OwnUsageQuery,
  timeZone: string,
  now: number,
): Promise<OwnUsage> {
  const { stretches } = await cutTime(store, { period, from: undefined, to: undefined }, timeZone, now)
  const rows = new Map<string, KeyModelSums & { bucket: string; label: string }>()
  const wanted = keyIds && new Set(keyIds)
  const onlyKey = wanted?.size === 1 ? keyIds?.[0] : undefined
  const inEach = await store.keyModelsInEach(stretches, onlyKey)
  for (const [at, { bucket }] of stretches.entries()) {
    for (const found of inEach[at] ?? []) {
      if (found.model === '' || wanted?.has(found.key) === false) continue
      const rowKey = JSON.stringify([bucket, found.key, found.model])
      const sums = addSums(rows.get(rowKey) ?? NOTHING, found)
      rows.set(rowKey, { ...sums, bucket, key: found.key, model: found.model, label: labelOf('key', found.key) })
    }
    await nextTurn()
  }
  return { rows: [...rows.values()], totals: [...rows.values()].reduce<UsageSums>(addSums, NOTHING) }
}
