import { SegmentedControl, Stack, Switch, Text } from '@mantine/core'
import type { Settings } from '#shared/settings.ts'
import { useAppState, useSettings } from '../../api/queries.ts'
import { Card } from '../../parts/card.tsx'
import { OptionCards } from '../../parts/option-cards.tsx'
import { PageHeader } from '../../parts/page-header.tsx'
import { QueryGate } from '../../parts/query-gate.tsx'
import { text } from '../../text/text.ts'
import { AboutCard } from './about-card.tsx'
import { HostsField, PortField, RetentionField, UpstreamField } from './fields.tsx'
import { PauseCard } from './pause-card.tsx'
import { UpstreamKeyField } from './upstream-key-field.tsx'
import { useChange } from './use-change.ts'

const POLICIES = (['key', 'ask', 'block'] as const).map((value) => ({
  value,
  title: text.settings.policies[value][0],
  hint: text.settings.policies[value][1],
}))

const THEMES = (['auto', 'light', 'dark'] as const).map((value) => ({ value, label: text.shell.themes[value] }))

export function SettingsPage() {
  const version = useAppState().data?.version
  return (
    <>
      <PageHeader title={text.settings.title} intro={text.settings.intro} />
      <QueryGate query={useSettings()}>{(settings) => <Sections settings={settings} />}</QueryGate>
      {version !== undefined && (
        <Text size="sm" c="dimmed" mt="lg">
          {text.settings.version(version)}
        </Text>
      )}
    </>
  )
}

function Sections({ settings }: { settings: Settings }) {
  return (
    <Stack maw="46rem">
      <PauseCard settings={settings} />
      <StrangersCard settings={settings} />
      <Card title={text.settings.upstreamTitle}>
        <Stack>
          <UpstreamField settings={settings} />
          <UpstreamKeyField />
        </Stack>
      </Card>
      <Card title={text.settings.gatewayTitle}>
        <Stack>
          <PortField settings={settings} />
          <HostsField settings={settings} />
        </Stack>
      </Card>
      <AppearanceCard settings={settings} />
      <Card title={text.settings.privacyTitle}>
        <RetentionField settings={settings} />
      </Card>
      <AdvancedCard settings={settings} />
      <AboutCard />
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

function AppearanceCard({ settings }: { settings: Settings }) {
  const change = useChange(settings, 'theme', text.settings.themeLabel)
  return (
    <Card title={text.settings.appearanceTitle}>
      <SegmentedControl
        aria-label={text.settings.themeLabel}
        data={THEMES}
        value={settings.theme}
        onChange={(theme) => void change.run(theme)}
      />
      <Problem sentence={change.problem} />
    </Card>
  )
}

function AdvancedCard({ settings }: { settings: Settings }) {
  const change = useChange(settings, 'cookieCarrier', text.settings.cookieLabel)
  return (
    <Card title={text.settings.advancedTitle}>
      <Switch
        label={text.settings.cookieLabel}
        description={text.settings.cookieHint}
        checked={settings.cookieCarrier}
        onChange={(event) => void change.run(event.currentTarget.checked)}
      />
      <Problem sentence={change.problem} />
    </Card>
  )
}

function Problem({ sentence }: { sentence: string | null }) {
  if (sentence === null) return null
  return (
    <Text role="alert" size="sm" c="var(--mantine-color-error)" mt="xs">
      {sentence}
    </Text>
  )
}
