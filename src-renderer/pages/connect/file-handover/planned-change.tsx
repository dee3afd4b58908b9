import { Box, Text, VisuallyHidden } from '@mantine/core'
import type { Hunk, PlannedFile } from '#shared/handover/handover.ts'
import { text } from '../../../text/text.ts'
import classes from './file-handover.module.css'

const MARKS = { same: ' ', added: '+', removed: '−' } as const

/** The lines of one file that change. */
export function PlannedChange({ file: { path, change, hunks, othersCanRead } }: { file: PlannedFile }) {
  return (
    <Box>
      <Text size="sm" mb={4}>
        {text.fileHandover[change]} <code className={classes.path}>{path}</code>
      </Text>
      {othersCanRead && (
        <Text size="sm" mb={4} c="var(--lk-wait)">
          {text.fileHandover.readable}
        </Text>
      )}
      {hunks.length > 0 && (
        <section className={classes.diff} aria-label={path} tabIndex={0}>
          {hunks.map((hunk) => (
            <Lines key={hunk.oldStart} hunk={hunk} />
          ))}
        </section>
      )}
    </Box>
  )
}

function Lines({ hunk: { newStart, lines } }: { hunk: Hunk }) {
  return (
    <div className={classes.hunk}>
      {lines.map(({ kind, text: line }, index) => (
        // A hunk never changes, so that the place of a line is its identity.
        <div key={`${newStart + index}`} data-kind={kind} className={classes.line}>
          <span aria-hidden className={classes.mark}>
            {MARKS[kind]}
          </span>
          {kind !== 'same' && <VisuallyHidden>{text.fileHandover[kind]} </VisuallyHidden>}
          {line}
        </div>
      ))}
    </div>
  )
}
