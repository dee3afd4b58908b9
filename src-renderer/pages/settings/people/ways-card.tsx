import { Stack, Switch } from '@mantine/core'
import type { Settings } from '#shared/settings/settings.ts'
import { Problem } from '../../../parts/feedback/problem.tsx'
import { Card } from '../../../parts/layout/card.tsx'
import { useSavedSetting } from '../../../parts/settings/use-setting-change.ts'
import { peopleText } from '../../../text/people-text.ts'

const { local } = peopleText.settings

/** Latchkey's own ways to sign in. They cannot be switched off while there is no other. */
export function WaysCard({ settings }: { settings: Settings }) {
  const change = useSavedSetting(settings, 'localSignIn', (on) => local.saved[on ? 'on' : 'off'])
  return (
    <Card title={local.title}>
      <Stack gap="sm">
        <Switch
          label={local.label}
          description={local.hint}
          checked={settings.localSignIn}
          disabled={settings.localSignIn && settings.providers.length === 0}
          onChange={(event) => void change.run(event.currentTarget.checked)}
        />
        <Problem sentence={change.problem} />
      </Stack>
    </Card>
  )
}
