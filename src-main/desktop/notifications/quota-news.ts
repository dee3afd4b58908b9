import { type Quota, usedToday } from '#shared/people/quota.ts'
import type { DesktopText } from '../text/choose-text.ts'
import { personName } from './origin-name.ts'

/** The title and the body of the notification about a person who has used nearly all tokens of their day. */
export function wordsOfQuota(
  quota: Quota,
  { quota: words }: DesktopText,
  clockTime: (moment: number) => string,
): [title: string, body: string] {
  const percent = Math.floor((usedToday(quota) ?? 0) * 100)
  return [words.title({ name: personName(quota), percent }), words.body({ time: clockTime(quota.left.dayEndsAt) })]
}
