import { applyEdits, findNodeAtLocation, type JSONPath, modify, type ParseError, parse, parseTree } from 'jsonc-parser'
import { type Edit, isNotOwn, type Json, listAt, valueAt } from '../edits.ts'
import type { Format } from './format.ts'
import { append, type Layout, written } from './jsonc-append.ts'

const OPTIONS = { allowTrailingComma: true, allowEmptyContent: true }

/** JSON with comments and trailing commas, as editors write it. Bytes that no edit touches are kept. */
export const JSONC: Format = {
  parse(text) {
    const errors: ParseError[] = []
    const value: unknown = parse(text, errors, OPTIONS)
    if (errors.length > 0) throw new SyntaxError('not JSON')
    return value
  },
  edit(text, edits, eol) {
    const layout = { eol, indent: /^([ \t]+)["[{]/m.exec(text)?.[1] ?? '  ' }
    return edits.reduce((before, edit) => edited(before, edit, layout), text)
  },
}

function edited(text: string, edit: Edit, layout: Layout): string {
  const value = valueAt(JSONC.parse(text), edit.path)
  const path = [...edit.path]
  switch (edit.kind) {
    case 'set':
      return set(text, path, edit.value, layout)
    case 'ensure':
      return value == null ? set(text, path, edit.value, layout) : text
    case 'remove':
      return value === undefined ? text : changed(text, path, undefined, layout)
    case 'entries': {
      if (value == null) return set(text, path, [...edit.values], layout)
      const isOther = isNotOwn(edit.own)
      const own = [...listAt(value, path).entries()].filter(([, entry]) => !isOther(entry)).map(([index]) => index)
      const without = own.reverse().reduce((now, index) => changed(now, [...path, index], undefined, layout), text)
      return edit.values.reduce<string>((now, entry) => addEntry(now, path, entry, layout), without)
    }
  }
}

/** Adds a new property below the last one. jsonc-parser would insert it before the last one's comment. */
function set(text: string, path: JSONPath, value: Json, layout: Layout): string {
  if (path.length === 0 || JSONC.parse(text) === undefined) return start(text, path, value, layout)
  const tree = parseTree(text, [], OPTIONS)
  const depth = path.findIndex((_, index) => tree && findNodeAtLocation(tree, path.slice(0, index + 1)) === undefined)
  if (tree === undefined || depth < 0) return changed(text, path, value, layout)
  const parent = depth === 0 ? tree : findNodeAtLocation(tree, path.slice(0, depth))
  const property = `${JSON.stringify(path[depth])}: `
  const inner = nested(path.slice(depth + 1), value)
  return append(text, parent, property, inner, layout) ?? changed(text, path, value, layout)
}

function addEntry(text: string, path: JSONPath, value: Json, layout: Layout): string {
  const tree = parseTree(text, [], OPTIONS)
  const list = tree && findNodeAtLocation(tree, path)
  const index = list?.children?.length ?? 0
  return append(text, list, '', value, layout) ?? changed(text, [...path, index], value, layout)
}

/** Writes the first content of an empty file, or replaces the whole content. Comments above it are kept. */
function start(text: string, path: JSONPath, value: Json, layout: Layout): string {
  const before = path.length === 0 || text.trim() === '' ? '' : text.trimEnd() + layout.eol
  return before + written(nested(path, value), '', layout) + layout.eol
}

function changed(text: string, path: JSONPath, value: Json | undefined, { eol, indent }: Layout): string {
  const insertSpaces = !indent.startsWith('\t')
  const formattingOptions = { eol, insertSpaces, tabSize: insertSpaces ? indent.length : 1 }
  return applyEdits(text, modify(text, path, value, { formattingOptions }))
}

function nested(path: JSONPath, value: Json): Json {
  return path.reduceRight<Json>((inner, name) => ({ [name]: inner }), value)
}
