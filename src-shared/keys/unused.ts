import type { Key } from './key.ts'

/** Keys that were not used for this long are offered for clean-up. */
export const UNUSED_DAYS = 90

const DAY_MS = 86_400_000

/** True if a key has existed for this long without a use. */
export function isUnused({ createdAt, lastUsedAt }: Pick<Key, 'createdAt' | 'lastUsedAt'>, forMs: number, now: number) {
  return Math.max(createdAt, lastUsedAt ?? 0) <= now - forMs
}

/** True if a key is worth a clean-up. A key that is switched off already refuses every request. */
export function isLeftOver(key: Pick<Key, 'enabled' | 'createdAt' | 'lastUsedAt'>, now: number): boolean {
  return key.enabled && isUnused(key, UNUSED_DAYS * DAY_MS, now)
}
