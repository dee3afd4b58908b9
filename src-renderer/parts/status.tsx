import type { ReactNode } from 'react'
import type { CalloutKind } from './callout.tsx'
import classes from './parts.module.css'

/** Says by colour what the words beside it say too. */
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
