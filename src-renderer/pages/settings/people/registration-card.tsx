import type { Settings } from '#shared/settings/settings.ts'
import { Problem } from '../../../parts/feedback/problem.tsx'
import { OptionCards } from '../../../parts/fields/option-cards.tsx'
import { Card } from '../../../parts/layout/card.tsx'
import { useSavedSetting } from '../../../parts/settings/use-setting-change.ts'
import { peopleText } from '../../../text/people-text.ts'

const { registration } = peopleText.settings
const OPTIONS = (['invite', 'approval', 'open'] as const).map((value) => ({ value, ...registration.options[value] }))

/** How somebody new can join. */
export function RegistrationCard({ settings }: { settings: Settings }) {
  const change = useSavedSetting(settings, 'registration', (value) => registration.saved[value])
  return (
    <Card title={registration.title}>
      <OptionCards
        label={registration.title}
        name="registration"
        options={OPTIONS}
        value={settings.registration}
        onChange={(value) => void change.run(value)}
        minWidth="11rem"
      />
      <Problem sentence={change.problem} />
    </Card>
  )
}
