import type { Key } from '#shared/keys/key.ts'
import type { OriginRecord } from '#shared/origins/origin.ts'

/** Extensions that use the same key. null: their key is unknown or deleted. */
export interface ExtensionGroup {
  readonly usedKey: Key | null
  /** Ordered by when they were first seen. */
  readonly extensions: readonly OriginRecord[]
}

/** Groups in the order of `extensions`, without a key last. `used`: key ids by origin, the latest first. */
export function groupByKey(
  extensions: readonly OriginRecord[],
  used: ReadonlyMap<string, readonly string[]>,
  keys: readonly Key[],
): ExtensionGroup[] {
  const keyOf = ({ origin }: OriginRecord) =>
    (used.get(origin) ?? []).map((id) => keys.find((key) => key.id === id)).find((key) => key !== undefined) ?? null
  const groups = Map.groupBy(extensions, keyOf)
  return [...groups]
    .map(([usedKey, members]) => ({
      usedKey,
      extensions: members.toSorted((one, other) => one.firstSeenAt - other.firstSeenAt),
    }))
    .sort((one, other) => Number(one.usedKey === null) - Number(other.usedKey === null))
}
