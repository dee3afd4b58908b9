import { Button, Group, Text } from '@mantine/core'
import { useEffect, useEffectEvent } from 'react'
import { Link } from 'wouter'
import { call } from '../../api/client.ts'
import type { ShownPairing } from '../../api/shown-pairings.ts'
import { useAction } from '../../api/use-action.ts'
import { text } from '../../text/text.ts'
import { Callout, type CalloutKind } from '../feedback/callout.tsx'
import { Problem } from '../feedback/problem.tsx'
import { showUndo } from '../feedback/toast.tsx'

type Shown = Exclude<NonNullable<ShownPairing['outcome']>, 'replaced'>

const KINDS = {
  approved: 'wait',
  connected: 'good',
  abandoned: 'wait',
  declined: 'plain',
  expired: 'wait',
  blocked: 'plain',
  over: 'plain',
} as const satisfies Record<Shown, CalloutKind>

/** As long as a toast. A refusal needs nothing more from the person. */
const GOES_AFTER_MS = 8000

interface OutcomeProps {
  name: string
  outcome: NonNullable<ShownPairing['outcome']>
  keyId: string | null
  /** The core's reply to this window's answer; null if the person answered elsewhere or not at all. */
  answer: { problem: string | null } | null
  onClose: () => void
}

/** Shows how a request went on or ended. A connected app's key can be deleted or shown from here. */
export function Outcome({ name, outcome, keyId, answer, onClose }: OutcomeProps) {
  const shown: Shown = outcome === 'replaced' ? 'over' : outcome
  const isNo = shown === 'declined' || shown === 'blocked'
  useGoing(isNo, onClose)
  const isElsewhere = answer === null && (isNo || shown === 'approved' || shown === 'connected')
  const sentence = answer?.problem ?? (isElsewhere ? text.pairing.elsewhere : null)
  const more = text.pairing.endTexts
  return (
    <Callout
      kind={KINDS[shown]}
      title={text.pairing.ends[shown]({ name })}
      busy={shown === 'approved'}
      {...(shown === 'approved' ? {} : { onClose })}
    >
      {sentence !== null && <Text size="sm">{sentence}</Text>}
      {shown in more && <Text size="sm">{more[shown as keyof typeof more]}</Text>}
      {keyId !== null && <Key id={keyId} name={name} onClose={onClose} />}
    </Callout>
  )
}

function Key({ id, name, onClose }: { id: string; name: string; onClose: () => void }) {
  const remove = useAction(async () => {
    await call('DELETE /api/keys/:id', {}, id)
    showUndo(text.keys.removed({ name }), () => call('POST /api/keys/:id/restore', {}, id))
    onClose()
  })
  return (
    <>
      <Group gap="xs" mt="sm">
        <Button size="compact-sm" variant="default" disabled={remove.busy} onClick={() => void remove.run()}>
          {text.pairing.deleteKey}
        </Button>
        <Button size="compact-sm" variant="light" component={Link} href="/keys" onClick={onClose}>
          {text.pairing.showKey}
        </Button>
      </Group>
      <Problem sentence={remove.problem} />
    </>
  )
}

function useGoing(isGoing: boolean, onGone: () => void): void {
  const go = useEffectEvent(onGone)
  useEffect(() => {
    if (!isGoing) return
    const timer = setTimeout(() => go(), GOES_AFTER_MS)
    return () => clearTimeout(timer)
  }, [isGoing])
}
