import { isDeepStrictEqual } from 'node:util'
import { type Edit, UnexpectedShape, withEdits } from './edits.ts'
import type { Format } from './formats/format.ts'

const BOM = '\ufeff'

export type NewText =
  | { readonly kind: 'text'; readonly text: string }
  /** The file is not of its format. */
  | { readonly kind: 'not-parsed' }
  /** The file has another type of value where the edit goes. `at` is empty if the result did not parse as expected. */
  | { readonly kind: 'unexpected'; readonly at: string }

/**
 * The text of a file after the edits; of a new file if `old` is null. Keeps a byte order mark and the kind of line
 * ends. The result is parsed and compared with the expected content, so that a fault of an editing library cannot
 * damage a file.
 */
export function newText(old: string | null, edits: readonly Edit[], format: Format): NewText {
  const bom = old?.startsWith(BOM) === true ? BOM : ''
  const text = (old ?? '').slice(bom.length)
  const before = parsed(text, format)
  if (before === NOT_PARSED) return { kind: 'not-parsed' }
  try {
    const after = format.edit(text, edits, text.includes('\r\n') ? '\r\n' : '\n')
    if (isAsExpected(after, before, edits, format)) return { kind: 'text', text: bom + after }
    return { kind: 'unexpected', at: '' }
  } catch (error) {
    return { kind: 'unexpected', at: error instanceof UnexpectedShape ? error.field : '' }
  }
}

/** True if a text parses as the earlier content with the edits. */
function isAsExpected(text: string, before: unknown, edits: readonly Edit[], format: Format): boolean {
  return isDeepStrictEqual(plain(format.parse(text)), plain(withEdits(before, edits)))
}

const NOT_PARSED = Symbol('not parsed')

function parsed(text: string, format: Format): unknown {
  try {
    return format.parse(text)
  } catch {
    return NOT_PARSED
  }
}

/** Makes parsed values comparable: parsers create objects without a prototype, and dates of their own classes. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return value.toISOString()
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, plain(entry)]))
}
