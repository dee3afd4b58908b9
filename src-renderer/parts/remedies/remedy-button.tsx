import { Button, type ButtonProps, Text } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import { useAttempt } from '../../api/use-action.ts'
import { text } from '../../text/text.ts'
import { Callout } from '../feedback/callout.tsx'
import { CopyButton } from '../fields/copy-button.tsx'
import type { RemedyAction } from './remedy-action.ts'

type Looks = Pick<ButtonProps, 'variant' | 'mt'>

interface RemedyButtonProps extends Looks {
  action: RemedyAction | null
  onDone?: () => void
}

const START = { alignSelf: 'flex-start' } as const

/**
 * The button that removes the cause of a refusal, and then asks the person to try again. Empty if no button can help.
 */
export function RemedyButton({ action, onDone, ...looks }: RemedyButtonProps) {
  switch (action?.kind) {
    case undefined:
      return null
    case 'copy':
      return <CopyButton value={action.value} what={action.what} label={action.label} style={START} {...looks} />
    case 'open':
      return (
        <Button component={Link} href={action.href} style={START} {...looks}>
          {action.label}
        </Button>
      )
    case 'perform':
    case 'done':
      return <PerformButton action={action} {...(onDone === undefined ? {} : { onDone })} {...looks} />
  }
}

interface PerformButtonProps extends Looks {
  action: Extract<RemedyAction, { kind: 'perform' | 'done' }>
  onDone?: () => void
}

function PerformButton({ action, onDone, ...looks }: PerformButtonProps) {
  const [helped, setHelped] = useState(false)
  const attempt = useAttempt(async () => (action.kind === 'perform' ? action.perform() : null))
  // Once the data shows the change, the data decides: an undo brings the button back.
  if (helped && action.kind === 'done') setHelped(false)
  if (helped || action.kind === 'done') return <Callout kind="good" title={text.remedies.done} />

  async function perform() {
    if ((await attempt.run()) !== true) return
    setHelped(true)
    onDone?.()
  }

  return (
    <>
      <Button onClick={() => void perform()} loading={attempt.busy} style={START} {...looks}>
        {action.label}
      </Button>
      {attempt.problem !== null && (
        <Text role="alert" mt="xs">
          {attempt.problem}
        </Text>
      )}
    </>
  )
}
