import { Switch, Text } from '@mantine/core'
import type { Settings } from '#shared/settings/settings.ts'
import { useSettings } from '../../api/queries.ts'
import { text } from '../../text/text.ts'
import { Problem } from '../feedback/problem.tsx'
import { Card } from '../layout/card.tsx'
import { useSettingChange } from './use-setting-change.ts'

/** Explains that apps can ask for a key themselves, and has the switch for it. */
export function AppsMayAskCard() {
  const settings = useSettings().data
  return settings === undefined ? null : <Shown settings={settings} />
}

function Shown({ settings }: { settings: Settings }) {
  const change = useSettingChange(settings, 'pairing')
  return (
    <Card title={text.pairing.cardTitle}>
      <Text c="dimmed" mb="sm">
        {text.pairing.cardText}
      </Text>
      <Switch
        label={text.pairing.switchLabel}
        description={text.pairing.switchHint}
        checked={settings.pairing}
        onChange={(event) => void change.run(event.currentTarget.checked)}
      />
      <Problem sentence={change.problem} />
    </Card>
  )
}
