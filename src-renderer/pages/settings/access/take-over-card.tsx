import { Button, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { Settings } from '#shared/settings/settings.ts'
import {
  couldTakeOver,
  MOVED_OLLAMA,
  OLLAMA_PORT,
  OPERATING_SYSTEMS,
  type OperatingSystem,
  takeOverSteps,
} from '#shared/upstreams/take-over.ts'
import { call } from '../../../api/client.ts'
import { useAppState } from '../../../api/queries.ts'
import { useAction } from '../../../api/use-action.ts'
import { operatingSystem } from '../../../parts/browsers/operating-system.ts'
import { Problem } from '../../../parts/feedback/problem.tsx'
import { showUndo } from '../../../parts/feedback/toast.tsx'
import { CopyField } from '../../../parts/fields/copy-field.tsx'
import { Card } from '../../../parts/layout/card.tsx'
import { text } from '../../../text/text.ts'
import classes from '../settings.module.css'

const SYSTEMS = OPERATING_SYSTEMS.map((value) => ({ value, label: text.takeOver.systems[value] }))

/** Moves the gateway to Ollama's port, for apps that cannot use another. Empty if that is not possible here. */
export function TakeOverCard({ settings }: { settings: Settings }) {
  const state = useAppState().data
  const [open, setOpen] = useState(false)
  if (state === undefined || !couldTakeOver(state.gateway.port, state.upstream.url)) return null
  return (
    <Card title={text.takeOver.title}>
      <Text c="dimmed" mb="sm">
        {text.takeOver.text}
      </Text>
      {open ? (
        <Guide settings={settings} />
      ) : (
        <Button variant="default" onClick={() => setOpen(true)}>
          {text.takeOver.show}
        </Button>
      )}
    </Card>
  )
}

function Guide({ settings: { upstream, gatewayPort } }: { settings: Settings }) {
  const [system, setSystem] = useState<OperatingSystem>(operatingSystem)
  const move = useAction(async () => {
    await call('PATCH /api/settings', { upstream: MOVED_OLLAMA, gatewayPort: OLLAMA_PORT })
    showUndo(text.takeOver.moved, () => call('PATCH /api/settings', { upstream, gatewayPort }))
  })
  return (
    <Stack>
      <SegmentedControl
        aria-label={text.takeOver.systemLabel}
        data={SYSTEMS}
        value={system}
        onChange={setSystem}
        style={{ alignSelf: 'start' }}
      />
      <ol className={classes.steps}>
        {takeOverSteps(system).flatMap(({ id, command }) =>
          // The button below makes these settings.
          id === 'upstream' || id === 'port' ? (
            []
          ) : (
            <li key={id}>
              <Text mb={command === undefined ? 0 : 'xs'}>{text.takeOver.steps[id]}</Text>
              {command !== undefined && <CopyField label={text.takeOver.command} value={command} />}
            </li>
          ),
        )}
        <li>
          <Text mb="xs">{text.takeOver.last}</Text>
          <Group>
            <Button loading={move.busy} onClick={() => void move.run()}>
              {text.takeOver.move}
            </Button>
          </Group>
          <Problem sentence={move.problem} />
        </li>
      </ol>
    </Stack>
  )
}
