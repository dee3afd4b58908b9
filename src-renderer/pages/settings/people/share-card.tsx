import { Button, Stack, Switch, TextInput } from '@mantine/core'
import { Link } from 'wouter'
import type { Settings } from '#shared/settings/settings.ts'
import { useAppState } from '../../../api/queries.ts'
import { Callout } from '../../../parts/feedback/callout.tsx'
import { Problem } from '../../../parts/feedback/problem.tsx'
import { CopyField } from '../../../parts/fields/copy-field.tsx'
import { Card } from '../../../parts/layout/card.tsx'
import { More } from '../../../parts/limits/more.tsx'
import { useSavedSetting } from '../../../parts/settings/use-setting-change.ts'
import { peopleText } from '../../../text/people-text.ts'
import { problemSentence } from '../../../text/problem-sentence.ts'
import { useDraft } from '../fields.tsx'

const { share } = peopleText.settings

/** Lets others open the console on their own devices, and says where, or what that still needs. */
export function ShareCard({ settings }: { settings: Settings }) {
  const change = useSavedSetting(settings, 'shareConsole', (on) => share.saved[on ? 'on' : 'off'])
  return (
    <Card title={share.title}>
      <Stack gap="sm">
        <Switch
          label={share.label}
          description={share.hint}
          checked={settings.shareConsole}
          onChange={(event) => void change.run(event.currentTarget.checked)}
        />
        {settings.shareConsole && <Shared />}
        <Problem sentence={change.problem} />
        <More label={share.more} initiallyOpen={settings.consoleUrl !== null}>
          <AddressField settings={settings} />
        </More>
      </Stack>
    </Card>
  )
}

/** Where the page leads for each problem that another page can mend. */
const MENDED_AT: Readonly<Record<string, string>> = {
  share_needs_network: '/settings/devices',
  share_needs_tls: '/settings/devices',
  share_needs_person: '/people',
}

function Shared() {
  const shared = useAppState().data?.sharedConsole
  if (shared === undefined) return null
  const { urls, problem } = shared
  const mendedAt = problem === null ? undefined : MENDED_AT[problem.code]
  return (
    <>
      {problem !== null && (
        <Callout kind="wait" title={problemSentence(problem)}>
          {mendedAt !== undefined && (
            <Button component={Link} href={mendedAt} variant="default" size="compact-sm" mt="xs">
              {mendedAt === '/people' ? peopleText.people.title : share.openDevices}
            </Button>
          )}
        </Callout>
      )}
      {urls.map((url) => (
        <CopyField key={url} label={share.at} value={url} />
      ))}
    </>
  )
}

function AddressField({ settings }: { settings: Settings }) {
  const change = useSavedSetting(settings, 'consoleUrl', (url) =>
    url === null ? share.savedUrl.none : share.savedUrl.at({ url }),
  )
  const draft = useDraft(settings.consoleUrl ?? '', (url) => change.run(url.trim() === '' ? null : url.trim()))
  return (
    <TextInput
      label={share.urlLabel}
      description={share.urlHint}
      placeholder="https://latchkey.example"
      inputMode="url"
      mt="sm"
      value={draft.value}
      error={change.problem}
      onChange={(event) => draft.edit(event.currentTarget.value)}
      {...draft.commitOn}
    />
  )
}
