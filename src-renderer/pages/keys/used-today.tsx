import { Text } from '@mantine/core'
import type { Key } from '#shared/keys/key.ts'
import type { KeyUse } from '#shared/keys/key-use.ts'
import type { UsageSums } from '#shared/usage/usage.ts'
import { LimitBars } from '../../parts/quotas/limit-bars.tsx'
import { text } from '../../text/text.ts'

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
      <LimitBars limits={shown} left={use?.left} />
    </>
  )
}
