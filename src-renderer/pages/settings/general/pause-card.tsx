import { Button, Group, Text } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import type { Settings } from '#shared/settings/settings.ts'
import { Callout } from '../../../parts/feedback/callout.tsx'
import { Card } from '../../../parts/layout/card.tsx'
import { useChange } from '../../../parts/settings/use-change.ts'
import { formatTime } from '../../../text/format.ts'
import { text } from '../../../text/text.ts'

const HOUR_MS = 3_600_000

export function PauseCard({ settings: { paused }, settings }: { settings: Settings }) {
  const change = useChange(settings, 'paused')
  const isPaused = typeof paused === 'number' ? paused > Date.now() : paused
  return (
    <Card title={text.settings.pauseTitle}>
      {isPaused ? (
        <Callout
          kind="wait"
          mb="md"
          title={
            typeof paused === 'number'
              ? text.settings.pausedUntil({ time: formatTime(paused) })
              : text.settings.pausedForever
          }
        />
      ) : (
        <Text c="dimmed" mb="md">
          {text.settings.pauseText}
        </Text>
      )}
      <Group>
        {isPaused ? (
          <Button
            leftSection={<IconPlayerPlay size="1rem" aria-hidden />}
            loading={change.busy}
            onClick={() => void change.run(false)}
          >
            {text.settings.resume}
          </Button>
        ) : (
          <>
            <Button
              variant="default"
              leftSection={<IconPlayerPause size="1rem" aria-hidden />}
              disabled={change.busy}
              onClick={() => void change.run(Date.now() + HOUR_MS)}
            >
              {text.settings.pauseHour}
            </Button>
            <Button
              variant="default"
              leftSection={<IconPlayerPause size="1rem" aria-hidden />}
              disabled={change.busy}
              onClick={() => void change.run(true)}
            >
              {text.settings.pause}
            </Button>
          </>
        )}
      </Group>
      {change.problem !== null && (
        <Text role="alert" size="sm" c="var(--mantine-color-error)" mt="xs">
          {change.problem}
        </Text>
      )}
    </Card>
  )
}
