import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useId, useRef, useState } from 'react'
import { closePairing, type ShownPairing } from '../../api/shown-pairings.ts'
import { useFirstRunState } from '../../shell/first-run.ts'
import { text } from '../../text/text.ts'
import { Outcome } from './outcome.tsx'
import classes from './pairing.module.css'
import { Question } from './question.tsx'
import { TimeLeft } from './time-left.tsx'

interface PairingCardProps {
  pairing: ShownPairing
  /** True for the oldest open request, which is expanded. */
  isFirst: boolean
  /** False while a click may be meant for something else. */
  isSettled: boolean
}

/** One request: its question, then its outcome. */
export function PairingCard({ pairing: { request, outcome, keyId }, isFirst, isSettled }: PairingCardProps) {
  const client = useQueryClient()
  const firstRun = useFirstRunState()
  const [chosen, setChosen] = useState<boolean | null>(null)
  /** The core's reply to this window's answer; null if the person answered elsewhere or not at all. */
  const [answer, setAnswer] = useState<{ problem: string | null } | null>(null)
  const card = useFocusKept(outcome !== null)
  const heading = useId()
  const isWhole = chosen ?? isFirst

  function close() {
    void closePairing(client, request.id)
    // The first run ends with the first connected app.
    if (outcome === 'connected') firstRun.end()
    document.getElementById('content')?.focus({ preventScroll: true })
  }

  if (outcome !== null) {
    return (
      <article ref={card} tabIndex={-1} className={classes.card} data-outcome={outcome}>
        <Outcome name={request.name} outcome={outcome} keyId={keyId} answer={answer} onClose={close} />
      </article>
    )
  }
  return (
    <article ref={card} tabIndex={-1} className={classes.card} aria-labelledby={heading} data-question>
      <header className={classes.header}>
        <h2 id={heading} className={classes.title}>
          <button type="button" aria-expanded={isWhole} onClick={() => setChosen(!isWhole)}>
            {text.pairing.asks({ name: request.name })}
          </button>
        </h2>
        {!isWhole && <b className={classes.smallCode}>{request.code}</b>}
        <TimeLeft until={request.endsAt} />
      </header>
      {isWhole && <Question request={request} isSettled={isSettled} onAnswered={(problem) => setAnswer({ problem })} />}
    </article>
  )
}

/** Gives the focus to the card when the question disappears with the button that was pressed. */
function useFocusKept(isOver: boolean) {
  const card = useRef<HTMLElement>(null)
  const wasInside = useRef(false)
  useEffect(() => {
    const note = ({ target }: FocusEvent) => {
      wasInside.current = target instanceof Node && card.current?.contains(target) === true
    }
    document.addEventListener('focusin', note)
    return () => document.removeEventListener('focusin', note)
  }, [])
  useEffect(() => {
    if (isOver && wasInside.current && document.activeElement === document.body) card.current?.focus()
  }, [isOver])
  return card
}
