import { Button, Group, PasswordInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { ConsoleOutput } from '#shared/console-api/console-api.ts'
import { call } from '../../../api/client.ts'
import { type Action, useAction } from '../../../api/use-action.ts'
import { ConfirmDialog } from '../../../parts/dialogs/confirm-dialog.tsx'
import { QueryGate } from '../../../parts/feedback/query-gate.tsx'
import { problemSentence } from '../../../text/problem-sentence.ts'
import { text } from '../../../text/text.ts'

/** Sets and removes the upstream's own key. The key is never shown, because the core never returns it. */
export function UpstreamKeyField() {
  const query = useQuery({
    queryKey: ['upstream-credential'],
    queryFn: () => call('GET /api/upstream/credential', {}),
  })
  return <QueryGate query={query}>{(status) => <KeyForm status={status} />}</QueryGate>
}

type CredentialStatus = ConsoleOutput<'GET /api/upstream/credential'>

function KeyForm({ status }: { status: CredentialStatus }) {
  const change = useAction((credential: string | null) => call('PUT /api/upstream/credential', { credential }))
  const [typed, setTyped] = useState('')

  async function submit(event: FormEvent) {
    event.preventDefault()
    if ((await change.run(typed)) !== undefined) setTyped('')
  }

  return (
    <form onSubmit={(event) => void submit(event)}>
      <Group align="flex-end" gap="sm">
        <PasswordInput
          flex="1 1 16rem"
          label={text.settings.upstreamKeyLabel}
          description={text.settings.upstreamKeyStates[status.source]}
          value={typed}
          disabled={status.source === 'environment'}
          autoComplete="off"
          error={change.problem ?? (status.problem !== null && problemSentence(status.problem))}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={typed === '' || change.busy}>
          {text.settings.upstreamKeySave}
        </Button>
        {status.source === 'vault' && <RemoveButton change={change} />}
      </Group>
    </form>
  )
}

function RemoveButton({ change }: { change: Action<[credential: string | null], unknown> }) {
  const [asked, setAsked] = useState(false)

  async function remove() {
    if ((await change.run(null)) !== undefined) setAsked(false)
  }

  return (
    <>
      <Button
        variant="subtle"
        color="red"
        c="var(--mantine-color-error)"
        disabled={change.busy}
        onClick={() => setAsked(true)}
      >
        {text.settings.upstreamKeyRemove}
      </Button>
      {asked && (
        <ConfirmDialog
          title={text.settings.upstreamKeyRemoveTitle}
          confirm={text.settings.upstreamKeyRemove}
          busy={change.busy}
          problem={change.problem}
          onConfirm={remove}
          onClose={() => setAsked(false)}
        >
          {text.settings.upstreamKeyRemoveText}
        </ConfirmDialog>
      )}
    </>
  )
}
