import type { Key } from '#shared/keys/key.ts'
import type { OriginRecord } from '#shared/origins/origin.ts'

/** Extensions that use one key; those whose key is not known or is gone have null. */
export interface ExtensionGroup {
  readonly usedKey: Key | null
  /** The one that was seen first comes first. */
  readonly extensions: readonly OriginRecord[]
}

/** `used` has the ids of the keys that each origin used, the latest first. In the order of `extensions`; without a key last. */
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
