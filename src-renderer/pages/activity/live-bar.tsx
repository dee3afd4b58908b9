import { Button, Group, Text } from '@mantine/core'
import { IconArrowUp, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { StatusDot } from '../../parts/feedback/status.tsx'
import { text } from '../../text/text.ts'
import classes from './activity.module.css'
import type { FrozenList } from './use-frozen-list.ts'

/** Tells whether the list moves, and pauses and resumes it. */
export function LiveBar({ list: { waiting, paused, setPaused } }: { list: FrozenList }) {
  function showNewest() {
    setPaused(false)
    window.scrollTo({ top: 0 })
  }

  return (
    <>
      <Group mb="sm" justify="space-between">
        <Group gap="sm" className={classes.live ?? ''}>
          <StatusDot kind={paused ? 'wait' : 'good'} />
          <Text size="sm" fw={550}>
            {paused ? text.activity.paused : text.activity.live}
          </Text>
        </Group>
        <Button
          variant="default"
          size="sm"
          leftSection={
            paused ? <IconPlayerPlay size="1rem" aria-hidden /> : <IconPlayerPause size="1rem" aria-hidden />
          }
          onClick={() => (paused ? showNewest() : setPaused(true))}
        >
          {paused ? text.activity.resume : text.activity.pause}
        </Button>
      </Group>
      <div className={classes.waiting} role="status">
        {waiting > 0 && (
          <Button radius="xl" leftSection={<IconArrowUp size="1rem" aria-hidden />} onClick={showNewest}>
            {text.activity.newRequests({ count: waiting })}
          </Button>
        )}
      </div>
    </>
  )
}
