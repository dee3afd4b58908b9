import { Text } from '@mantine/core'
import type { Key } from '#shared/keys/key.ts'
import type { Allowance } from '#shared/keys/key-use.ts'
import { formatNumber } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import classes from './limit-bars.module.css'

interface LimitBarsProps {
  /** Of a key, or of a person. */
  limits: Pick<Key, 'tokensPerDay' | 'requestsPerMinute' | 'concurrency'>
  /** undefined until it is known. */
  left: Allowance | undefined
}

/** What was used of each limit. Empty without limits. */
export function LimitBars({ limits, left }: LimitBarsProps) {
  return barsOf(limits, left).map((bar) => <LimitBar key={bar.words} {...bar} />)
}

interface LimitBarProps {
  words: string
  /** The used fraction, from 0 to 1. */
  part: number
}

function LimitBar({ words, part }: LimitBarProps) {
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

function barsOf(limits: LimitBarsProps['limits'], left: Allowance | undefined): LimitBarProps[] {
  const { tokens, requests, atOnce } = text.keys.used
  const all = [
    { limit: limits.tokensPerDay, left: left?.tokensToday, words: tokens },
    { limit: limits.requestsPerMinute, left: left?.requestsThisMinute, words: requests },
    { limit: limits.concurrency, left: left?.atTheSameTime, words: atOnce },
  ]
  return all.flatMap(({ limit, left: rest, words }) => {
    if (limit === null) return []
    const used = limit - (rest ?? limit)
    return [{ words: words({ used: formatNumber(used), limit }), part: used / limit }]
  })
}
