import { Text } from '@mantine/core'
import type { Settings } from '#shared/settings/settings.ts'
import { text } from '../../text/text.ts'
import { Problem } from '../feedback/problem.tsx'
import { OptionCards } from '../fields/option-cards.tsx'
import { Card } from '../layout/card.tsx'
import { useSettingChange } from './use-setting-change.ts'

const POLICIES = (['key', 'ask', 'block'] as const).map((value) => ({
  value,
  ...text.settings.policies[value],
}))

/** The rule for sites and extensions that send their first request. */
export function UnknownOriginsCard({ settings }: { settings: Settings }) {
  const change = useSettingChange(settings, 'unknownOrigins')
  return (
    <Card title={text.settings.unknownOriginsTitle}>
      <Text c="dimmed" mb="sm">
        {text.settings.unknownOriginsText}
      </Text>
      <OptionCards
        label={text.settings.unknownOriginsTitle}
        name="unknown-origins"
        options={POLICIES}
        value={settings.unknownOrigins}
        onChange={(policy) => void change.run(policy)}
        minWidth="13rem"
      />
      <Problem sentence={change.problem} />
    </Card>
  )
}
