import { Loader, Text } from '@mantine/core'
import { useSettings } from '../../api/queries.ts'
import { text } from '../../text/text.ts'
import classes from './activity.module.css'

/** What stands below the last row. */
export function ListEnd({ isWhole }: { isWhole: boolean }) {
  const days = useSettings().data?.retentionDays
  if (!isWhole) {
    return (
      <div className={classes.end} role="status">
        <Loader size="xs" />
        <Text size="sm">{text.activity.older}</Text>
      </div>
    )
  }
  return (
    <Text size="sm" className={classes.end ?? ''}>
      {days === undefined ? text.activity.end : text.activity.endKept({ days })}
    </Text>
  )
}
