import { Stack, Switch, Text } from '@mantine/core'
import type { LanState } from '#shared/lan/lan.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { Callout } from '../../../parts/feedback/callout.tsx'
import { Problem } from '../../../parts/feedback/problem.tsx'
import { Card } from '../../../parts/layout/card.tsx'
import { useSettingChange } from '../../../parts/settings/use-setting-change.ts'
import { devicesText } from '../../../text/devices-text.ts'
import { problemSentence } from '../../../text/problem-sentence.ts'

/** Announces Latchkey in the network, so that devices and apps find it by its name. */
export function DiscoveryCard({ settings, lan }: { settings: Settings; lan: LanState }) {
  const change = useSettingChange(settings, 'discovery')
  return (
    <Card title={devicesText.lan.discovery.title}>
      <Stack gap="sm">
        <Switch
          label={devicesText.lan.discovery.label}
          description={devicesText.lan.discovery.hint}
          checked={settings.discovery}
          onChange={(event) => void change.run(event.currentTarget.checked)}
        />
        {settings.discovery && <Announced discovery={lan.discovery} />}
      </Stack>
      <Problem sentence={change.problem} />
    </Card>
  )
}

function Announced({ discovery: { state, name, problem } }: Pick<LanState, 'discovery'>) {
  if (problem !== null) return <Callout kind="bad" title={problemSentence(problem)} />
  if (state !== 'announced' || name === null) {
    return (
      <Text size="sm" c="dimmed">
        {devicesText.lan.discovery.announcing}
      </Text>
    )
  }
  return <Text size="sm">{devicesText.lan.discovery.announced({ name })}</Text>
}
