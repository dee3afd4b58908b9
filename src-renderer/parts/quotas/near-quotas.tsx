import { Text } from '@mantine/core'
import { type Quota, usedToday, WARNED_AT } from '#shared/people/quota.ts'
import { useQuotas } from '../../api/queries.ts'
import { formatShare, formatTime } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { Callout } from '../feedback/callout.tsx'

/** The persons who have used nearly all tokens of their day, as far as the reader may know. Empty if there are none. */
export function NearQuotas() {
  const near = (useQuotas().data ?? []).filter((quota) => (usedToday(quota) ?? 0) >= WARNED_AT)
  return near.map((quota) => <NearQuota key={quota.personId} quota={quota} />)
}

function NearQuota({ quota }: { quota: Quota }) {
  const { title, left } = text.home.quota
  const count = quota.left.tokensToday ?? 0
  // Rounded up, 999 of 1,000 would be all.
  const share = formatShare(Math.floor((usedToday(quota) ?? 0) * 100) / 100)
  return (
    <Callout kind="wait" title={title({ name: quota.name, share })}>
      <Text>{left({ count, time: formatTime(quota.left.dayEndsAt) })}</Text>
    </Callout>
  )
}
