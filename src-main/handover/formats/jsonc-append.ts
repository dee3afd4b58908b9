import type { Node } from 'jsonc-parser'
import type { Json } from '../edits.ts'

/** The layout of a file: its line end, and the white space of one indentation step. */
export interface Layout {
  readonly eol: string
  readonly indent: string
}

/** JSON over several lines; `base` is the indentation of its first line. */
export function written(value: Json, base: string, { eol, indent }: Layout): string {
  return JSON.stringify(value, undefined, indent).replaceAll('\n', eol + base)
}

/**
 * Adds an item on its own line below the last one, which keeps its comment. `label` is a property's name with its
 * colon. Returns undefined if items share a line or there are no items.
 */
export function append(
  text: string,
  parent: Node | undefined,
  label: string,
  value: Json,
  layout: Layout,
): string | undefined {
  const last = parent?.children?.at(-1)
  if (last === undefined) return undefined
  const lineStart = text.lastIndexOf('\n', last.offset) + 1
  const indent = text.slice(lineStart, last.offset)
  const end = last.offset + last.length
  // A comma, and comments that end in this line.
  const rest = /^(?:[ \t]|\/\*[^\r\n]*?\*\/)*(,?)(?:[ \t]|\/\*[^\r\n]*?\*\/)*(?:\/\/[^\r\n]*)?(?=\r?\n)/.exec(
    text.slice(end),
  )
  if (rest === null || indent.trim() !== '') return undefined
  const [line, comma = ''] = rest
  const item = `${layout.eol}${indent}${label}${written(value, indent, layout)}${comma}`
  return text.slice(0, end) + (comma === '' ? ',' : '') + line + item + text.slice(end + line.length)
}
