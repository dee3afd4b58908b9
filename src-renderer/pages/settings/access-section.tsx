import { Stack, Switch, Text } from '@mantine/core'
import type { Settings } from '#shared/settings.ts'
import { Card } from '../../parts/card.tsx'
import { OptionCards } from '../../parts/option-cards.tsx'
import { text } from '../../text/text.ts'
import { HostsField, PortField } from './fields.tsx'
import { LanCard } from './lan-card.tsx'
import { Problem } from './problem.tsx'
import { TakeOverCard } from './take-over-card.tsx'
import { useChange } from './use-change.ts'

const POLICIES = (['key', 'ask', 'block'] as const).map((value) => ({
  value,
  title: text.settings.policies[value][0],
  hint: text.settings.policies[value][1],
}))

export function AccessSection({ settings }: { settings: Settings }) {
  return (
    <Stack>
      <StrangersCard settings={settings} />
      <LanCard settings={settings} />
      <Card title={text.settings.gatewayTitle}>
        <PortField settings={settings} />
      </Card>
      <TakeOverCard settings={settings} />
      <AdvancedCard settings={settings} />
    </Stack>
  )
}

function StrangersCard({ settings }: { settings: Settings }) {
  const change = useChange(settings, 'unknownOrigins', text.settings.strangersTitle)
  return (
    <Card title={text.settings.strangersTitle}>
      <Text c="dimmed" mb="sm">
        {text.settings.strangersText}
      </Text>
      <OptionCards
        label={text.settings.strangersTitle}
        name="strangers"
        options={POLICIES}
        value={settings.unknownOrigins}
        onChange={(policy) => void change.run(policy)}
        minWidth="13rem"
      />
      <Problem sentence={change.problem} />
    </Card>
  )
}

function AdvancedCard({ settings }: { settings: Settings }) {
  const change = useChange(settings, 'cookieCarrier', text.settings.cookieLabel)
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
