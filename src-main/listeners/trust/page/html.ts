/** Text that may stand in a page as it is: Latchkey wrote it, or it was escaped. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Value = string | number | Markup | readonly Markup[]

/** Puts values into Latchkey's own markup. A string is escaped, whoever wrote it. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(strings.map((string, at) => string + textOf(values[at] ?? '')).join(''))
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

function textOf(value: Value): string {
  if (typeof value === 'string') return escaped(value)
  if (typeof value === 'number') return String(value)
  return value instanceof Markup ? value.text : value.map(({ text }) => text).join('')
}

// Control characters that no message contains and no escaping changes.
const BOLD = '\u0001'
const END = '\u0002'

/** The labels of an app, for a sentence that `sentence` turns into markup. */
export function bolded<Labels extends Readonly<Record<string, string>>>(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).map(([name, label]) => [name, bold(label)])) as Labels
}

export function bold(label: string): string {
  return `${BOLD}${label}${END}`
}

/** A message whose arguments may be bold. */
export function sentence(text: string): Markup {
  return new Markup(escaped(text).replaceAll(BOLD, '<b>').replaceAll(END, '</b>'))
}
