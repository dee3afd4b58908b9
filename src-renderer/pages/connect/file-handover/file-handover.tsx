import { Text } from '@mantine/core'
import { type HandoverAppId, handoverApp } from '#shared/handover/apps.ts'
import type { HandoverState } from '#shared/handover/handover.ts'
import type { IssuedKey } from '#shared/keys/key.ts'
import { useAppState } from '../../../api/queries.ts'
import { QueryGate } from '../../../parts/feedback/query-gate.tsx'
import { Card } from '../../../parts/layout/card.tsx'
import { text } from '../../../text/text.ts'
import { Connect } from './connect.tsx'
import { Done } from './done.tsx'
import { useHandover } from './queries.ts'

interface FileHandoverProps {
  app: HandoverAppId
  /** The key that the page has just made, with its secret. */
  issued: IssuedKey
}

/** Offers to write address and key into the app's own file: what would change, the button, and the way back. */
export function FileHandover({ app, issued }: FileHandoverProps) {
  const query = useHandover(app)
  const isElsewhere = useAppState().data?.shell === 'headless'
  const { name } = handoverApp(app)
  return (
    <Card title={text.fileHandover.title}>
      <Text>{text.fileHandover.text({ app: name })}</Text>
      {/* The person who looks at this page may sit at another computer. */}
      {isElsewhere && <Text c="dimmed">{text.fileHandover.here}</Text>}
      <QueryGate query={query}>
        {(state) =>
          hasKey(state, issued) ? (
            <Done state={state} keyName={issued.name} />
          ) : (
            <Connect state={state} issued={issued} />
          )
        }
      </QueryGate>
    </Card>
  )
}

function hasKey({ keyId, state }: HandoverState, { id }: IssuedKey): boolean {
  return keyId === id && (state === 'connected' || state === 'changed')
}
