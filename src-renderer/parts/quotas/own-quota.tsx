import { Text } from '@mantine/core'
import { useMe, useQuotas } from '../../api/queries.ts'
import { formatTime } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { Card } from '../layout/card.tsx'
import { LimitBars } from './limit-bars.tsx'

/** What the person has used of their limits, and when their tokens start anew. Empty without limits. */
export function OwnQuota() {
  const own = useMe().data?.id
  const quota = useQuotas().data?.find(({ personId }) => personId === own)
  if (quota === undefined) return null
  const { tokensPerDay, requestsPerMinute, concurrency, left } = quota
  if (tokensPerDay === null && requestsPerMinute === null && concurrency === null) return null
  return (
    <Card title={text.home.quota.own}>
      <LimitBars limits={quota} left={left} />
      {tokensPerDay !== null && (
        <Text size="sm" c="dimmed" mt="sm">
          {text.home.quota.anew({ time: formatTime(left.dayEndsAt) })}
        </Text>
      )}
    </Card>
  )
}
