import { Button, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ListedPerson } from '#shared/people/person.ts'
import { call } from '../../api/client.ts'
import { useAction } from '../../api/use-action.ts'
import { Dialog } from '../../parts/dialogs/dialog.tsx'
import { DialogButtons } from '../../parts/dialogs/dialog-buttons.tsx'
import { QueryGate } from '../../parts/feedback/query-gate.tsx'
import { showDone } from '../../parts/feedback/toast.tsx'
import { SessionList } from '../../parts/people/session-list.tsx'
import { peopleText } from '../../text/people-text.ts'
import { text } from '../../text/text.ts'

/** Where somebody else is signed in, and the way to end one or all of it. */
export function SessionsDialog({ person: { id, name }, onClose }: { person: ListedPerson; onClose: () => void }) {
  const query = useQuery({
    queryKey: ['sessions', id],
    queryFn: () => call('GET /api/people/:id/sessions', {}, id),
  })
  const endOne = useAction(async (session: string) => {
    await call('DELETE /api/people/:id/sessions', { session }, id)
    showDone(peopleText.sessions.ended)
  })
  const end = useAction(async () => {
    await call('DELETE /api/people/:id/sessions', {}, id)
    showDone(peopleText.sessions.endedFor({ name }))
    onClose()
  })
  return (
    <Dialog onClose={onClose} title={peopleText.sessions.titleFor({ name })}>
      <Stack>
        <QueryGate query={query}>
          {(sessions) =>
            sessions.length === 0 ? (
              <Text c="dimmed">{peopleText.sessions.none}</Text>
            ) : (
              <SessionList sessions={sessions} onEnd={(session) => void endOne.run(session.id)} />
            )
          }
        </QueryGate>
        <DialogButtons problem={end.problem ?? endOne.problem}>
          <Button variant="default" onClick={onClose} data-autofocus>
            {text.shell.close}
          </Button>
          {query.data !== undefined && query.data.length > 0 && (
            <Button loading={end.busy} onClick={() => void end.run()}>
              {peopleText.sessions.endAll}
            </Button>
          )}
        </DialogButtons>
      </Stack>
    </Dialog>
  )
}
