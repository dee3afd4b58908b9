import { Text } from '@mantine/core'
import type { Settings } from '#shared/settings.ts'
import { useSettings } from '../../api/queries.ts'
import { Card } from '../../parts/card.tsx'
import { OptionCards } from '../../parts/option-cards.tsx'
import { text } from '../../text/text.ts'
import { useChange } from '../settings/use-change.ts'

const POLICIES = (['key', 'ask', 'block'] as const).map((value) => ({
  value,
  title: text.settings.policies[value][0],
  hint: text.settings.policies[value][1],
}))

/** What happens with whoever has never called before. */
export function StrangersCard() {
  const settings = useSettings().data
  return settings === undefined ? null : <Policy settings={settings} />
}

function Policy({ settings }: { settings: Settings }) {
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
      {change.problem !== null && (
        <Text role="alert" size="sm" c="var(--mantine-color-error)" mt="xs">
          {change.problem}
        </Text>
      )}
    </Card>
  )
}
