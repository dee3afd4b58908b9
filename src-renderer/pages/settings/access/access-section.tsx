import { Stack, Switch } from '@mantine/core'
import type { Settings } from '#shared/settings/settings.ts'
import { Problem } from '../../../parts/feedback/problem.tsx'
import { Card } from '../../../parts/layout/card.tsx'
import { AppsMayAskCard } from '../../../parts/settings/apps-may-ask-card.tsx'
import { UnknownOriginsCard } from '../../../parts/settings/unknown-origins-card.tsx'
import { useSettingChange } from '../../../parts/settings/use-setting-change.ts'
import { text } from '../../../text/text.ts'
import { HostsField, PortField } from '../fields.tsx'
import { TakeOverCard } from './take-over-card.tsx'

export function AccessSection({ settings }: { settings: Settings }) {
  return (
    <Stack>
      <UnknownOriginsCard settings={settings} />
      <AppsMayAskCard />
      <Card title={text.settings.gatewayTitle}>
        <PortField settings={settings} />
      </Card>
      <TakeOverCard settings={settings} />
      <AdvancedCard settings={settings} />
    </Stack>
  )
}

function AdvancedCard({ settings }: { settings: Settings }) {
  const change = useSettingChange(settings, 'cookieCarrier')
  return (
    <Card title={text.settings.advancedTitle}>
      <Stack>
        <HostsField settings={settings} />
        <div>
          <Switch
            label={text.settings.cookieLabel}
            description={text.settings.cookieHint}
            checked={settings.cookieCarrier}
            onChange={(event) => void change.run(event.currentTarget.checked)}
          />
          <Problem sentence={change.problem} />
        </div>
      </Stack>
    </Card>
  )
}
