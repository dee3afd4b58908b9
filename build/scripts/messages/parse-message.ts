import { type MessageFormatElement, parse, TYPE } from '@formatjs/icu-messageformat-parser'

/** A page's value for a name: a text, a number, or one of the choices of a select. */
export type Argument = 'text' | 'number' | { readonly choices: ReadonlySet<string> }

export interface Message {
  readonly source: string
  readonly elements: readonly MessageFormatElement[]
  readonly args: ReadonlyMap<string, Argument>
  /** The forms of each plural, such as `one` and `other`. */
  readonly plurals: readonly ReadonlySet<string>[]
}

/** The message, or one sentence that says what is wrong with it. */
export function parseMessage(text: string): Message | string {
  try {
    // Nothing on the pages is marked up inside a sentence, so `<` is a character like any other.
    const elements = parse(text, { ignoreTag: true, requiresOtherClause: true })
    const args = new Map<string, Argument>()
    const plurals: ReadonlySet<string>[] = []
    collect(elements, args, plurals)
    return { source: text, elements, args, plurals }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function collect(
  elements: readonly MessageFormatElement[],
  args: Map<string, Argument>,
  plurals: ReadonlySet<string>[],
): void {
  for (const element of elements) {
    switch (element.type) {
      case TYPE.literal:
      case TYPE.pound:
        break
      case TYPE.argument:
        if (!args.has(element.value)) add(args, element.value, 'text')
        break
      case TYPE.number:
        if (element.style != null) throw new Error(`{${element.value}} may not have a number style`)
        add(args, element.value, 'number')
        break
      case TYPE.plural:
        if (element.pluralType !== 'cardinal' || element.offset !== 0)
          throw new Error(`{${element.value}} may be a plural without an offset only`)
        add(args, element.value, 'number')
        plurals.push(new Set(Object.keys(element.options)))
        for (const option of Object.values(element.options)) collect(option.value, args, plurals)
        break
      case TYPE.select:
        add(args, element.value, { choices: new Set(Object.keys(element.options)) })
        for (const option of Object.values(element.options)) collect(option.value, args, plurals)
        break
      default:
        throw new Error('only texts, numbers, plural and select are known here: a page formats dates and times itself')
    }
  }
}

function add(args: Map<string, Argument>, name: string, argument: Argument): void {
  if (!/^[a-z][A-Za-z]*$/.test(name)) throw new Error(`{${name}} must be a name in small letters, such as {siteName}`)
  const before = args.get(name)
  if (before === 'number' && argument === 'text') return
  if (before !== undefined && before !== 'text' && typeof before !== typeof argument)
    throw new Error(`{${name}} is a number in one place and a choice in another`)
  args.set(name, argument)
}
