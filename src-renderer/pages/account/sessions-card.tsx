import { Button, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import { useAction } from '../../api/use-action.ts'
import { Problem } from '../../parts/feedback/problem.tsx'
import { QueryGate } from '../../parts/feedback/query-gate.tsx'
import { showDone } from '../../parts/feedback/toast.tsx'
import { Card } from '../../parts/layout/card.tsx'
import { SessionList } from '../../parts/people/session-list.tsx'
import { peopleText } from '../../text/people-text.ts'

/** Where the person is signed in, to end what is not theirs. */
export function SessionsCard() {
  const query = useQuery({ queryKey: ['sessions', 'own'], queryFn: () => call('GET /api/me/sessions', {}) })
  const end = useAction(async (id: string) => {
    await call('DELETE /api/me/sessions/:id', {}, id)
    showDone(peopleText.sessions.ended)
  })
  const endOthers = useAction(async () => {
    await call('POST /api/me/sessions/end-others', {})
    showDone(peopleText.sessions.endedOthers)
  })
  return (
    <Card title={peopleText.sessions.title}>
      <Text c="dimmed" mb="sm">
        {peopleText.sessions.text}
      </Text>
      <QueryGate query={query}>
        {(sessions) => (
          <>
            <SessionList sessions={sessions} onEnd={({ id }) => void end.run(id)} />
            {sessions.length > 1 && (
              <Group mt="md">
                <Button variant="default" loading={endOthers.busy} onClick={() => void endOthers.run()}>
                  {peopleText.sessions.endOthers}
                </Button>
              </Group>
            )}
          </>
        )}
      </QueryGate>
      <Problem sentence={end.problem ?? endOthers.problem} />
    </Card>
  )
}
