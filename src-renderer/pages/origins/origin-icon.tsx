import { IconAppWindow, IconDeviceDesktop, IconPuzzle, IconQuestionMark, IconWorld } from '@tabler/icons-react'
import type { OriginRecord } from '#shared/origins/origin.ts'
import { type OriginKind, originKind } from './origin-kind.ts'
import classes from './origins.module.css'

const GLYPHS: Record<OriginKind, typeof IconPuzzle> = {
  extension: IconPuzzle,
  site: IconWorld,
  local: IconDeviceDesktop,
  app: IconAppWindow,
  nameless: IconQuestionMark,
}

/** An icon for the kind of an origin, or the first letter of its label. Product icons are trademarks. */
export function OriginIcon({ origin, label }: Pick<OriginRecord, 'origin' | 'label'>) {
  const kind = originKind(origin)
  const Glyph = GLYPHS[kind]
  return (
    <span className={classes.tile} data-kind={kind} aria-hidden>
      {label === null ? <Glyph size="1.2rem" stroke={1.7} /> : initialOf(label)}
    </span>
  )
}

function initialOf(label: string): string {
  return (Array.from(label.trim())[0] ?? '').toLocaleUpperCase()
}
