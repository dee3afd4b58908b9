import { Button, Group, Text } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import type { Settings } from '#shared/settings/settings.ts'
import type { Action } from '../../../api/use-action.ts'
import { Callout } from '../../../parts/feedback/callout.tsx'
import { Problem } from '../../../parts/feedback/problem.tsx'
import { Card } from '../../../parts/layout/card.tsx'
import { useSettingChange } from '../../../parts/settings/use-setting-change.ts'
import { formatTime } from '../../../text/format.ts'
import { text } from '../../../text/text.ts'

const HOUR_MS = 3_600_000

export function PauseCard({ settings: { paused }, settings }: { settings: Settings }) {
  const change = useSettingChange(settings, 'paused')
  const isPaused = typeof paused === 'number' ? paused > Date.now() : paused
  return (
    <Card title={text.settings.pauseTitle}>
      {isPaused ? (
        <Callout kind="wait" mb="md" title={pausedUntil(paused)} />
      ) : (
        <Text c="dimmed" mb="md">
          {text.settings.pauseText}
        </Text>
      )}
      <Group>{isPaused ? <ResumeButton change={change} /> : <PauseButtons change={change} />}</Group>
      <Problem sentence={change.problem} />
    </Card>
  )
}

/** A time in ms UTC, or true until the person resumes. */
function pausedUntil(paused: Settings['paused']): string {
  return typeof paused === 'number'
    ? text.settings.pausedUntil({ time: formatTime(paused) })
    : text.settings.pausedForever
}

interface ButtonsProps {
  change: Action<[paused: Settings['paused']], unknown>
}

function ResumeButton({ change }: ButtonsProps) {
  return (
    <Button
      leftSection={<IconPlayerPlay size="1rem" aria-hidden />}
      loading={change.busy}
      onClick={() => void change.run(false)}
    >
      {text.settings.resume}
    </Button>
  )
}

function PauseButtons({ change }: ButtonsProps) {
  const looks = {
    variant: 'default',
    leftSection: <IconPlayerPause size="1rem" aria-hidden />,
    disabled: change.busy,
  } as const
  return (
    <>
      <Button {...looks} onClick={() => void change.run(Date.now() + HOUR_MS)}>
        {text.settings.pauseHour}
      </Button>
      <Button {...looks} onClick={() => void change.run(true)}>
        {text.settings.pause}
      </Button>
    </>
  )
}
