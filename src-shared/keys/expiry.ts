import type { Key } from './key.ts'

const DAY_MS = 86_400_000

/** How long before a key expires the person is reminded, shortest first. */
const REMINDERS_MS = [DAY_MS, 7 * DAY_MS]

/** By how much a reminder offers to extend a key. */
export const EXTENSION_DAYS = 90

type Expiring = Pick<Key, 'enabled' | 'createdAt' | 'expiresAt'>

/**
 * The last reminder that is due for a key, in milliseconds before it expires; null if none is. A key that was made for
 * a short time, less than twice that long, is not worth this reminder.
 */
export function dueReminder({ enabled, createdAt, expiresAt }: Expiring, now: number): number | null {
  if (!enabled || expiresAt === null || expiresAt <= now) return null
  const due = REMINDERS_MS.filter((ms) => expiresAt - createdAt > 2 * ms)
  return due.find((ms) => expiresAt - now <= ms) ?? null
}

/** When a key expires that is extended from its current date. */
export function extended(expiresAt: number): number {
  return expiresAt + EXTENSION_DAYS * DAY_MS
}
