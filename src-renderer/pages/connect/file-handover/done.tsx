import { Stack, Text } from '@mantine/core'
import { handoverApp } from '#shared/handover/apps.ts'
import type { HandoverState } from '#shared/handover/handover.ts'
import { Callout } from '../../../parts/feedback/callout.tsx'
import { CopyField } from '../../../parts/fields/copy-field.tsx'
import { text } from '../../../text/text.ts'
import { useHandoverPlan } from './queries.ts'
import { UndoButton } from './undo-button.tsx'

interface DoneProps {
  state: HandoverState
  keyName: string
}

/** The files are written: what to do in the app, and the way back. */
export function Done({ state, keyName }: DoneProps) {
  const { name, firstQuestion } = handoverApp(state.app)
  const [model = ''] = useHandoverPlan(state.app, undefined).data?.models ?? []
  return (
    <Stack mt="md">
      <Callout kind="good" title={text.fileHandover.doneTitle({ app: name })}>
        <Text>{text.fileHandover.doneText({ app: name })}</Text>
        {state.files.map(
          ({ path, backup }) =>
            backup !== null && (
              <Text key={path} size="sm" style={{ overflowWrap: 'anywhere' }}>
                {text.fileHandover.backup({ path: backup })}
              </Text>
            ),
        )}
      </Callout>
      {firstQuestion !== undefined && (
        <CopyField label={text.fileHandover.firstQuestion} value={firstQuestion.replace('MODEL', model)} />
      )}
      <UndoButton state={state} keyName={keyName} />
    </Stack>
  )
}
