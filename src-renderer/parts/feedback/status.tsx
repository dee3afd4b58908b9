import type { ReactNode } from 'react'
import type { Exchange } from '#shared/gateway/exchange.ts'
import classes from '../parts.module.css'
import type { CalloutKind } from './callout.tsx'

/** A coloured dot. The text beside it says the same. */
export function StatusDot({ kind }: { kind: CalloutKind }) {
  return <span className={classes.dot} data-kind={kind} aria-hidden />
}

export function Pill({ kind, children }: { kind: CalloutKind; children: ReactNode }) {
  return (
    <span className={classes.pill} data-kind={kind}>
      {children}
    </span>
  )
}

/** The colour for the outcome of an exchange. */
export function outcomeKind({ outcome, reason }: Pick<Exchange, 'outcome' | 'reason'>): CalloutKind {
  if (outcome === 'ok') return 'good'
  if (outcome === 'client_aborted') return 'plain'
  return reason === 'origin_not_approved' ? 'wait' : 'bad'
}
