import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { handoverApp } from '#shared/handover/apps.ts'
import type { HandoverPlan, HandoverState } from '#shared/handover/handover.ts'
import type { IssuedKey } from '#shared/keys/key.ts'
import { call } from '../../../api/client.ts'
import { useAppState } from '../../../api/queries.ts'
import { useAction } from '../../../api/use-action.ts'
import { Callout } from '../../../parts/feedback/callout.tsx'
import { QueryGate } from '../../../parts/feedback/query-gate.tsx'
import { text } from '../../../text/text.ts'
import { PlannedChange } from './planned-change.tsx'
import { modelsOf, useHandoverPlan } from './queries.ts'
import { UndoButton } from './undo-button.tsx'

interface ConnectProps {
  state: HandoverState
  issued: IssuedKey
}

/** The planned changes, and the button that makes them. */
export function Connect({ state, issued }: ConnectProps) {
  const [model, setModel] = useState<string>()
  const plan = useHandoverPlan(state.app, model)
  const { name, models, keyInAddress } = handoverApp(state.app)
  const known = useAppState().data?.upstream.models ?? []
  return (
    <Stack mt="md">
      {!state.found && <Callout kind="plain" title={text.fileHandover.notFound({ app: name })} />}
      <Earlier state={state} />
      {keyInAddress === true && <Text>{text.fileHandover.inAddress({ app: name })}</Text>}
      <QueryGate query={plan}>
        {(planned) => (
          <>
            {models === 'one' && known.length > 1 && (
              <NativeSelect
                label={text.fileHandover.model({ app: name })}
                data={[...new Set([...planned.models, ...known])]}
                value={model ?? planned.models[0] ?? ''}
                onChange={({ currentTarget }) => setModel(currentTarget.value)}
                maw="20rem"
              />
            )}
            {planned.files.map((file) => (
              <PlannedChange key={file.path} file={file} />
            ))}
            <WriteButton plan={planned} model={model} issued={issued} isShown={!plan.isPlaceholderData} />
          </>
        )}
      </QueryGate>
    </Stack>
  )
}

/** A note about an earlier hand-over, with another key or interrupted. */
function Earlier({ state }: { state: HandoverState }) {
  if (state.state === 'none') return null
  const { name } = handoverApp(state.app)
  const isWhole = state.state !== 'partial'
  return (
    <Callout kind="wait" title={isWhole ? text.fileHandover.replaces({ app: name }) : text.fileHandover.interrupted}>
      <UndoButton state={state} keyName={name} />
    </Callout>
  )
}

interface WriteButtonProps {
  plan: HandoverPlan
  model: string | undefined
  issued: IssuedKey
  /** Whether the plan is the one of the chosen model. */
  isShown: boolean
}

function WriteButton({ plan: { app, files, seen }, model, issued, isShown }: WriteButtonProps) {
  const { id, secret } = issued
  const write = useAction(() =>
    call('POST /api/handover/apply', { app, ...modelsOf(model), seen, key: { id, secret } }),
  )
  return (
    <>
      {write.problem !== null && <Callout kind="bad" title={write.problem} />}
      <Group>
        <Button size="md" loading={write.busy} disabled={!isShown} onClick={() => void write.run()}>
          {text.fileHandover.write({ count: files.length })}
        </Button>
      </Group>
    </>
  )
}
