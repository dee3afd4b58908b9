import { isDeepStrictEqual } from 'node:util'
import { parse, patch } from '@decimalturn/toml-patch'
import { type Edit, isObject, type Json, valueAt, withEdits } from '../edits.ts'
import type { Format } from './format.ts'

/** Deeper than any table that an edit creates, so that each table becomes its own section. */
const INLINE_FROM_DEPTH = 8

/** TOML. Adds new keys as lines if possible. The library changes values and the content of inline tables. */
export const TOML: Format = {
  parse: (text) => (text.trim() === '' ? undefined : (parse(text) as unknown)),
  edit(text, edits, eol) {
    const expected = withEdits(TOML.parse(text) ?? {}, edits)
    const edited = edits.reduce((now, edit) => changed(now, edit, eol), text)
    return isEqual(edited, expected) ? edited : patched(text, expected)
  },
}

/**
 * A line that looks like a section's head can be part of a value. The result of the insertion is then wrong, and the
 * library does the edit.
 */
function changed(text: string, edit: Edit, eol: string): string {
  const expected = withEdits(TOML.parse(text) ?? {}, [edit])
  const inserted = insert(text, edit, eol)
  return inserted !== undefined && isEqual(inserted, expected) ? inserted : patched(text, expected)
}

function patched(text: string, value: unknown): string {
  return patch(text, value, { inlineTableStart: INLINE_FROM_DEPTH })
}

function isEqual(text: string, expected: unknown): boolean {
  try {
    return isDeepStrictEqual(spread(TOML.parse(text) ?? {}), spread(expected))
  } catch {
    return false
  }
}

/** Copies the library's tables, which have no prototype. */
function spread(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(spread)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, spread(inner)]))
}

/** The text with a new key or section; undefined for any other kind of edit. */
function insert(text: string, edit: Edit, eol: string): string | undefined {
  const [name, ...deeper] = edit.path
  if (edit.kind !== 'set' || name === undefined || valueAt(TOML.parse(text), edit.path) !== undefined) return undefined
  if (isTable(edit.value)) return addSection(text, edit.path, edit.value, eol)
  return deeper.length === 0 ? addRootKey(text, lineOf(name, edit.value), eol) : undefined
}

function isTable(value: Json): value is { [name: string]: Json } {
  return isObject(value)
}

/** Adds a key below the last key outside of sections, above the first section and its comment. */
function addRootKey(text: string, line: string, eol: string): string {
  const lines = text.split(/(?<=\n)/)
  const header = lines.findIndex((one) => /^[ \t]*\[.*\][ \t]*(?:#.*)?$/.test(one.trimEnd()))
  let at = header < 0 ? lines.length : header
  if (header >= 0) while (lines[at - 1]?.trim().startsWith('#')) at--
  while (lines[at - 1]?.trim() === '') at--
  const above = lines.slice(0, at).join('')
  const begun = above === '' || above.endsWith('\n') ? '' : eol
  const gap = (lines[at] ?? '').trim() === '' ? '' : eol
  return above + begun + line + eol + gap + lines.slice(at).join('')
}

function addSection(text: string, path: readonly string[], table: Record<string, Json>, eol: string): string {
  const header = `[${path.map(keyOf).join('.')}]`
  const lines = [header, ...Object.entries(table).map(([name, value]) => lineOf(name, value))]
  const above = text === '' || /\n\r?\n$/.test(text) ? text : text.endsWith('\n') ? text + eol : text + eol + eol
  return above + lines.join(eol) + eol
}

/** Strings, numbers and booleans are written as in JSON. */
function lineOf(name: string, value: Json): string {
  return `${keyOf(name)} = ${JSON.stringify(value)}`
}

function keyOf(name: string): string {
  return /^[\w-]+$/.test(name) ? name : JSON.stringify(name)
}
