import { dueReminder } from '#shared/keys/expiry.ts'
import type { Key } from '#shared/keys/key.ts'
import { plural } from '#shared/text/plural.ts'
import { printable } from '../commands/table.ts'
import { relativeTime } from '../flags/time-words.ts'
import type { Finding } from './finding.ts'

/** Keys that expire soon, with their names. No finding without any. */
export function expiryFindings(keys: readonly Key[], now: number): Finding[] {
  const expiring = keys.filter((key) => dueReminder(key, now) !== null)
  if (expiring.length === 0) return []
  const names = expiring.map(({ name, expiresAt }) => `“${printable(name)}” ${relativeTime(expiresAt, now)}`)
  const sentence = `${plural(expiring.length, 'key expires', 'keys expire')} soon: ${names.join(', ')}.`
  return [{ check: 'expiry', ok: false, sentence, fix: 'Extend a key with: latchkey key change KEY --expires 90d' }]
}
