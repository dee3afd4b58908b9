import { type MessageFormatElement, TYPE } from '@formatjs/icu-messageformat-parser'
import type { Argument, Message } from './parse-message.ts'

type Tree = { readonly [name: string]: Tree | Message }

/** TypeScript that declares what a language must have: `Messages`, with the arguments of each message. */
export function emitTypes(messages: ReadonlyMap<string, Message>): string {
  const type = ({ args }: Message) =>
    args.size === 0
      ? 'string'
      : `(given: { ${[...args].map(([name, kind]) => `readonly ${name}: ${typeOf(kind)}`).join('; ')} }) => string`
  const syntax = { prefix: 'readonly ', end: '', list: (items: readonly string[]) => `readonly [${items.join(', ')}]` }
  return `${HEAD}export interface Messages ${emitTree(treeOf(messages), type, syntax)}\n`
}

/** TypeScript that makes the messages of one language, given what formats its numbers and plurals. */
export function emitMessages(messages: ReadonlyMap<string, Message>): string {
  const value = ({ elements, args }: Message) =>
    args.size === 0 ? emitText(elements) : `({ ${[...args.keys()].join(', ')} }) => ${emitText(elements)}`
  const syntax = { prefix: '', end: ',', list: (items: readonly string[]) => `[${items.join(', ')}]` }
  const body = emitTree(treeOf(messages), value, syntax)
  return `${HEAD}import type { Icu } from '#shared/text/icu.ts'
import type { Messages } from './messages.ts'

export const messages = ({ number, plural, select }: Icu): Messages => (${body})
`
}

const HEAD = '// Made by build/scripts/messages of the message files. Change those.\n'

function typeOf(kind: Argument): string {
  if (kind === 'text') return 'string | number'
  if (kind === 'number') return 'number'
  return [...kind.choices].map((choice) => JSON.stringify(choice)).join(' | ')
}

/** `columns.name` becomes `{ columns: { name } }`. */
function treeOf(messages: ReadonlyMap<string, Message>): Tree {
  const tree: Record<string, unknown> = {}
  for (const [path, message] of messages) {
    const names = path.split('.')
    let branch = tree
    for (const name of names.slice(0, -1)) branch = (branch[name] ??= {}) as Record<string, unknown>
    branch[names.at(-1) ?? ''] = message
  }
  return tree as Tree
}

interface Syntax {
  readonly prefix: string
  readonly end: string
  readonly list: (items: readonly string[]) => string
}

function emitTree(tree: Tree, leaf: (message: Message) => string, syntax: Syntax, indent = ''): string {
  const inner = `${indent}  `
  const emit = (branch: Tree | Message) => (isMessage(branch) ? leaf(branch) : emitTree(branch, leaf, syntax, inner))
  const entries = Object.entries(tree)
  // Names 1, 2, 3 are a list.
  if (entries.every(([name], index) => name === String(index + 1)))
    return syntax.list(entries.map(([, branch]) => emit(branch)))
  const lines = entries.map(([name, branch]) => {
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name)
    return `${inner}${syntax.prefix}${key}: ${emit(branch)}${syntax.end}`
  })
  return `{\n${lines.join('\n')}\n${indent}}`
}

function isMessage(branch: Tree | Message): branch is Message {
  return 'elements' in branch && Array.isArray(branch.elements)
}

/** `counted` is the argument of the plural around these elements, which `#` stands for. */
function emitText(elements: readonly MessageFormatElement[], counted = ''): string {
  const pieces = elements.map((element) => {
    switch (element.type) {
      case TYPE.literal:
        return element.value.replace(/[\\`]|\$\{/g, '\\$&')
      case TYPE.argument:
        return `\${${element.value}}`
      case TYPE.number:
        return `\${number(${element.value})}`
      case TYPE.pound:
        return `\${number(${counted})}`
      case TYPE.plural:
        return `\${plural(${element.value}, ${emitOptions(element.options, element.value)})}`
      case TYPE.select:
        return `\${select(${element.value}, ${emitOptions(element.options, counted)})}`
      default:
        throw new Error('parseMessage lets no such element pass')
    }
  })
  return `\`${pieces.join('')}\``
}

function emitOptions(options: Readonly<Record<string, { value: MessageFormatElement[] }>>, counted: string): string {
  const forms = Object.entries(options).map(
    ([form, { value }]) => `${JSON.stringify(form)}: ${emitText(value, counted)}`,
  )
  return `{ ${forms.join(', ')} }`
}
