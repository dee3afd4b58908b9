import { structuredPatch } from 'diff'
import { type Hunk, MASKED_KEY, type PlannedFile } from '#shared/handover/handover.ts'
import { SECRET_PATTERN } from '#shared/keys/secret.ts'
import type { ConfigFileState } from './config-file.ts'

const LINES_AROUND = 3
const SHOWN_LENGTH = 400

const KINDS = { ' ': 'same', '+': 'added', '-': 'removed' } as const

/** A planned change for display, without Latchkey's secrets and those of other services. */
export function previewOf(state: ConfigFileState, bytes: Buffer): PlannedFile {
  const isSame = state.bytes !== null && state.bytes.equals(bytes)
  return {
    path: state.path,
    change: state.bytes === null ? 'created' : isSame ? 'same' : 'changed',
    folders: [...state.folders],
    othersCanRead: state.othersCanRead && bytes.includes(MASKED_KEY),
    hunks: hunksBetween(state.bytes?.toString() ?? '', bytes.toString()),
  }
}

function hunksBetween(before: string, after: string): Hunk[] {
  const { hunks } = structuredPatch('', '', before, after, '', '', { context: LINES_AROUND })
  return hunks.map(({ lines, oldStart, oldLines, newStart, newLines }) => ({
    oldStart: oldLines === 0 ? oldStart - 1 : oldStart,
    oldLines,
    newStart: newLines === 0 ? newStart - 1 : newStart,
    newLines,
    lines: lines.flatMap((line) => {
      const kind = KINDS[line.charAt(0) as keyof typeof KINDS]
      // "\ No newline at end of file"
      return kind === undefined ? [] : [{ kind, text: shown(line.slice(1)) }]
    }),
  }))
}

/** The key may be the value of a name such as `apiKey`, `OPENAI_API_KEY`, `token:` or `Authorization`. */
const SECRET_VALUE = /((?:key|token|secret|password|authorization|credential)s?["']?\s*[:=]\s*)(.*)$/i

/** Masks probable secrets. The lines around a change can contain keys of other services. */
function shown(line: string): string {
  const text = line.replace(/\r$/, '').replaceAll('\t', '  ').replace(SECRET_PATTERN, MASKED_KEY)
  const masked = text.replace(SECRET_VALUE, (whole, name: string, value: string) =>
    value.includes(MASKED_KEY) || /^[[{|>&]?\s*,?$/.test(value) ? whole : `${name}…`,
  )
  return masked.length > SHOWN_LENGTH ? `${masked.slice(0, SHOWN_LENGTH)}…` : masked
}
