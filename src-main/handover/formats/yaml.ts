import { isDeepStrictEqual } from 'node:util'
import { type Document, isCollection, isMap, isScalar, isSeq, type Node, parseDocument, stringify } from 'yaml'
import { type Edit, isNotOwn, type Json, listAt, type Path, valueAt, withEdits } from '../edits.ts'
import type { Format } from './format.ts'

/** YAML. Writes changes into the text if possible, so that all other bytes are kept. */
export const YAML: Format = {
  parse(text) {
    const document = read(text)
    return document.contents === null ? undefined : (document.toJS() as unknown)
  },
  edit(text, edits, eol) {
    const expected = withEdits(YAML.parse(text), edits)
    const inserted = edits.reduce<string | null>((now, edit) => (now === null ? null : insert(now, edit, eol)), text)
    return inserted !== null && isEqual(inserted, expected) ? inserted : rewritten(text, edits, eol)
  },
}

/** Throws unless the text is one document without errors. */
function read(text: string): Document.Parsed {
  const document = parseDocument(text)
  const [error] = document.errors
  if (error !== undefined) throw error
  return document
}

function isEqual(text: string, expected: unknown): boolean {
  try {
    return isDeepStrictEqual(YAML.parse(text), expected)
  } catch {
    return false
  }
}

/** Makes the edit as new lines or a new scalar in the text; null if that is impossible. */
function insert(text: string, edit: Edit, eol: string): string | null {
  const value = valueAt(YAML.parse(text), edit.path)
  switch (edit.kind) {
    case 'set':
      return insertValue(text, edit.path, edit.value, eol)
    case 'ensure':
      return value == null ? insertValue(text, edit.path, edit.value, eol) : text
    case 'remove':
      return value === undefined ? text : null
    case 'entries':
      if (value == null) return insertValue(text, edit.path, [...edit.values], eol)
      return listAt(value, edit.path).every(isNotOwn(edit.own))
        ? insertEntries(text, edit.path, edit.values, eol)
        : null
  }
}

function insertValue(text: string, path: Path, value: Json, eol: string): string | null {
  const { contents } = read(text)
  if (contents === null) return addLines(text, text.length, '', nested(path, value), eol)
  const [container, rest] = deepestMap(contents, path)
  const [name, ...deeper] = rest
  if (container === null || name === undefined) return null
  const pair = container.items.find(({ key }) => isScalar(key) && key.value === name)
  if (pair === undefined) return addToBlock(text, container, nested([name, ...deeper], value), eol)
  if (isEmpty(pair.value)) return fillEmpty(text, container, pair.value, nested(deeper, value), eol)
  if (deeper.length > 0 || isBlock(value) || !isScalar(pair.value) || pair.value.range == null) return null
  const [start, end] = pair.value.range
  // The text of a block scalar includes the end of its last line.
  const [lineEnd = ''] = /\r?\n$/.exec(text.slice(start, end)) ?? []
  return text.slice(0, start) + scalar(value) + lineEnd + text.slice(end)
}

function insertEntries(text: string, path: Path, values: readonly Json[], eol: string): string | null {
  const { contents } = read(text)
  const list = path.length === 0 ? contents : isMap(contents) ? contents.getIn(path, true) : null
  if (isSeq(list) && isEmpty(list)) return insertValue(text, path, [...values], eol)
  return isSeq(list) ? addToBlock(text, list, [...values], eol) : null
}

/** `models:`, `models: []` or `models: {}`. */
function isEmpty(value: unknown): value is Node {
  return (isCollection(value) && value.items.length === 0) || (isScalar(value) && value.source === '')
}

/** Writes a value behind a colon without a value. */
function fillEmpty(text: string, container: Block, { range }: Node, value: Json, eol: string): string | null {
  if (range == null || container.range == null || container.flow === true) return null
  const [start, end] = range
  const before = text.slice(0, start).trimEnd()
  const [comment = ''] = /^ *(?:#[^\r\n]*)?(?=\r?\n|$)/.exec(text.slice(end)) ?? []
  const after = text.slice(end + comment.length)
  const kept = comment.trim() === '' ? '' : ` ${comment.trim()}`
  if (!isBlock(value)) return `${before} ${scalar(value)}${kept}${after}`
  const lines = written(value, `${indentAt(text, container.range[0])}  `, eol)
  return before + kept + eol + lines.slice(0, -eol.length) + after
}

function isBlock(value: Json): boolean {
  return typeof value === 'object' && value !== null
}

type Block = Node & { readonly items: readonly unknown[]; readonly flow?: boolean }

/** The innermost existing map on the way, and the remaining names. */
function deepestMap(root: Node, path: Path) {
  let container = isMap(root) ? root : null
  let rest = path
  while (container !== null && rest.length > 1) {
    const next = container.get(rest[0] ?? '', true) as unknown
    if (!isMap(next)) break
    container = next
    rest = rest.slice(1)
  }
  return [container, rest] as const
}

/** Adds lines below the last item of a block, at the column of the first one. */
function addToBlock(text: string, block: Block, value: Json, eol: string): string | null {
  if (block.flow === true || block.items.length === 0 || block.range == null) return null
  const [start, end] = block.range
  const indent = indentAt(text, start)
  const isAtLineEnd = text[end - 1] === '\n'
  const lineEnd = isAtLineEnd ? end : text.indexOf('\n', end) + 1
  return addLines(text, lineEnd === 0 ? text.length : lineEnd, indent, value, eol)
}

function addLines(text: string, at: number, indent: string, value: Json, eol: string): string {
  const begun = at === 0 || text[at - 1] === '\n' ? '' : eol
  return text.slice(0, at) + begun + written(value, indent, eol) + text.slice(at)
}

/** Quotes strings, because plain text in YAML 1.2 can be a number or a boolean in the apps' YAML 1.1. */
const STYLE = { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' } as const

/** Writes repeated values in full instead of aliases. */
const PLAINLY = { aliasDuplicateObjects: false }

function written(value: Json, indent: string, eol: string): string {
  return stringify(value, { ...STYLE, ...PLAINLY })
    .replaceAll(/^(?=.)/gm, indent)
    .replaceAll('\n', eol)
}

/** Spaces up to the column of an offset. */
function indentAt(text: string, offset: number): string {
  return ' '.repeat(offset - (text.lastIndexOf('\n', offset - 1) + 1))
}

function nested(path: Path, value: Json): Json {
  return path.reduceRight<Json>((inner, name) => ({ [name]: inner }), value)
}

function scalar(value: Json): string {
  return written(value, '', '\n').trimEnd()
}

/** Rewrites the whole file in the library's layout. Comments and order are kept. */
function rewritten(text: string, edits: readonly Edit[], eol: string): string {
  const document = read(text)
  for (const edit of edits) rewrite(document, edit)
  return document.toString(STYLE).replaceAll('\n', eol)
}

function rewrite(document: Document.Parsed, edit: Edit): void {
  const value = valueAt(document.toJS(), edit.path)
  switch (edit.kind) {
    case 'remove':
      if (value !== undefined) document.deleteIn(edit.path)
      return
    case 'ensure':
      if (value == null) document.setIn(edit.path, edit.value)
      return
    case 'set':
      document.setIn(edit.path, edit.value)
      return
    case 'entries':
      rewriteEntries(document, edit, value)
  }
}

function rewriteEntries(document: Document.Parsed, { path, own, values }: Entries, value: unknown): void {
  if (value == null) document.setIn(path, document.createNode([]))
  const list = listAt(value, path)
  const isOther = isNotOwn(own)
  for (const index of [...list.keys()].reverse()) if (!isOther(list[index])) document.deleteIn([...path, index])
  for (const entry of values) document.addIn(path, document.createNode(entry, PLAINLY))
}

type Entries = Extract<Edit, { kind: 'entries' }>
