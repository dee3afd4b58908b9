import { Text } from '@mantine/core'
import type { Key } from '#shared/keys/key.ts'
import type { KeyUse } from '#shared/keys/key-use.ts'
import type { UsageSums } from '#shared/usage/usage.ts'
import { formatNumber } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import classes from './keys.module.css'

interface UsedTodayProps {
  shown: Key
  today: UsageSums | undefined
  use: KeyUse | undefined
}

/** A key's usage of today and of its limits. */
export function UsedToday({ shown, today, use }: UsedTodayProps) {
  return (
    <>
      <Text size="sm">
        {today === undefined ? text.keys.used.nothing : text.keys.used.requestsToday({ requests: today.requests })}
      </Text>
      {today !== undefined && (
        <Text size="xs" c="dimmed">
          {text.keys.used.tokensToday({ tokens: today.totalTokens })}
        </Text>
      )}
      {limitsOf(shown, use).map((limit) => (
        <Limit key={limit.words} {...limit} />
      ))}
    </>
  )
}

interface LimitProps {
  words: string
  /** The used fraction, from 0 to 1. */
  part: number
}

function Limit({ words, part }: LimitProps) {
  return (
    <div className={classes.limit}>
      <Text size="xs" c="dimmed">
        {words}
      </Text>
      <div className={classes.limitTrack} aria-hidden>
        <div className={classes.limitBar} data-full={part >= 1 || undefined} style={{ width: `${part * 100}%` }} />
      </div>
    </div>
  )
}

function limitsOf(key: Key, use: KeyUse | undefined): LimitProps[] {
  const { tokens, requests, atOnce } = text.keys.used
  const all = [
    { limit: key.tokensPerDay, left: use?.left.tokensToday, words: tokens },
    { limit: key.requestsPerMinute, left: use?.left.requestsThisMinute, words: requests },
    { limit: key.concurrency, left: use?.left.atTheSameTime, words: atOnce },
  ]
  return all.flatMap(({ limit, left, words }) => {
    if (limit === null) return []
    const used = limit - (left ?? limit)
    return [{ words: words({ used: formatNumber(used), limit }), part: used / limit }]
  })
}
