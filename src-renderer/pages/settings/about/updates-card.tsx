import { Button, Group, Progress, Stack, Switch, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Settings } from '#shared/settings/settings.ts'
import type { UpdateState } from '#shared/settings/updates.ts'
import { call } from '../../../api/client.ts'
import { useAppState } from '../../../api/queries.ts'
import { useAction } from '../../../api/use-action.ts'
import { Problem } from '../../../parts/feedback/problem.tsx'
import { Card } from '../../../parts/layout/card.tsx'
import { useSettingChange } from '../../../parts/settings/use-setting-change.ts'
import { text } from '../../../text/text.ts'

type StateOf<S extends UpdateState['status']> = Extract<UpdateState, { status: S }>

/** Updates of the desktop app. It checks, downloads and installs only if the person asks for it. */
export function UpdatesCard({ settings }: { settings: Settings }) {
  const isDesktop = useAppState().data?.shell === 'desktop'
  const state = useQuery({ queryKey: ['update'], queryFn: () => call('GET /api/update', {}), enabled: isDesktop }).data
  if (!isDesktop || state === undefined) return null
  return (
    <Card title={text.updates.title}>
      {state.status === 'off' ? (
        <Text c="dimmed">{text.updates.off}</Text>
      ) : (
        <Stack>
          <Now state={state} />
          <DailySwitch settings={settings} />
        </Stack>
      )}
    </Card>
  )
}

function Now({ state }: { state: UpdateState }) {
  switch (state.status) {
    case 'off':
      return null
    case 'unknown':
      return <Look line={text.updates.unknown} problem={state.failure && text.updates.failures[state.failure]} />
    case 'looking':
      return <Look line={text.updates.looking} looking />
    case 'current':
      return <Look line={text.updates.current} />
    case 'available':
      return <Available state={state} />
    case 'loading':
      return <Loading state={state} />
    case 'ready':
      return <Ready state={state} />
  }
}

function Look({ line, problem = null, looking = false }: { line: string; problem?: string | null; looking?: boolean }) {
  const look = useAction(() => call('POST /api/update/look', {}))
  return (
    <div>
      <Group justify="space-between" gap="sm">
        <Text role="status">{line}</Text>
        <Button variant="default" loading={looking} onClick={() => void look.run()}>
          {text.updates.look}
        </Button>
      </Group>
      <Problem sentence={look.problem ?? problem} />
    </div>
  )
}

function Available({ state: { newer, replacedBy, failure } }: { state: StateOf<'available'> }) {
  const load = useAction(() => call('POST /api/update/load', {}))
  return (
    <div>
      <Group justify="space-between" gap="sm">
        <Text role="status" fw={600}>
          {text.updates.available({ version: newer.version })}
        </Text>
        {replacedBy === 'itself' && (
          <Button onClick={() => void load.run()}>
            {failure === null ? text.updates.load : text.updates.loadAgain}
          </Button>
        )}
      </Group>
      <Text c="dimmed">{text.updates.replacedBy[replacedBy]}</Text>
      <Notes notes={newer.notes} />
      <Problem sentence={load.problem ?? (failure && text.updates.failures[failure])} />
    </div>
  )
}

/** Release notes of the feed, shown as plain text. */
function Notes({ notes }: { notes: string | null }) {
  return (
    <Text mt="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
      {notes ?? text.updates.noNotes}
    </Text>
  )
}

function Loading({ state: { newer, percent } }: { state: StateOf<'loading'> }) {
  const cancel = useAction(() => call('POST /api/update/cancel', {}))
  return (
    <div>
      <Group justify="space-between" gap="sm" mb="sm">
        <Text role="status">{text.updates.loading({ version: newer.version })}</Text>
        <Button variant="default" onClick={() => void cancel.run()}>
          {text.updates.cancel}
        </Button>
      </Group>
      <Progress value={percent ?? 0} animated aria-label={text.updates.loading({ version: newer.version })} />
      <Problem sentence={cancel.problem} />
    </div>
  )
}

function Ready({ state: { newer, failed } }: { state: StateOf<'ready'> }) {
  const install = useAction(() => call('POST /api/update/install', {}))
  return (
    <div>
      <Group justify="space-between" gap="sm">
        <Text role="status" fw={600}>
          {text.updates.ready({ version: newer.version })}
        </Text>
        <Button loading={install.busy} onClick={() => void install.run()}>
          {text.updates.restart}
        </Button>
      </Group>
      <Text c="dimmed">{text.updates.readyHint}</Text>
      <Problem sentence={install.problem ?? (failed ? text.updates.notPlaced : null)} />
    </div>
  )
}

function DailySwitch({ settings }: { settings: Settings }) {
  const change = useSettingChange(settings, 'lookForUpdates')
  return (
    <div>
      <Switch
        label={text.updates.dailyLabel}
        description={text.updates.dailyHint}
        checked={settings.lookForUpdates}
        disabled={change.busy}
        onChange={(event) => void change.run(event.currentTarget.checked)}
      />
      <Problem sentence={change.problem} />
    </div>
  )
}
