import { Text } from '@mantine/core'
import type { Settings } from '#shared/settings/settings.ts'
import { text } from '../../text/text.ts'
import { Problem } from '../feedback/problem.tsx'
import { OptionCards } from '../fields/option-cards.tsx'
import { Card } from '../layout/card.tsx'
import { useChange } from './use-change.ts'

const POLICIES = (['key', 'ask', 'block'] as const).map((value) => ({
  value,
  ...text.settings.policies[value],
}))

/** What happens with whoever has never called before. */
export function UnknownOriginsCard({ settings }: { settings: Settings }) {
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
