import { Text } from '@mantine/core'
import type { Settings } from '#shared/settings/settings.ts'
import { Card } from '../../parts/card.tsx'
import { OptionCards } from '../../parts/option-cards.tsx'
import { Problem } from '../../parts/problem.tsx'
import { text } from '../../text/text.ts'
import { useChange } from '../settings/use-change.ts'

const POLICIES = (['key', 'ask', 'block'] as const).map((value) => ({
  value,
  ...text.settings.policies[value],
}))

/** What happens with whoever has never called before. */
export function StrangersCard({ settings }: { settings: Settings }) {
  const change = useChange(settings, 'unknownOrigins')
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
