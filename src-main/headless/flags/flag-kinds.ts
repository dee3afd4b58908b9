import { Option } from 'commander'
import { PersonError } from '#shared/text/person-error.ts'

/** What commander has read: the value of each option by its name. */
export type GivenOptions = Readonly<Record<string, unknown>>

/** The options that set one field, and how they are read. */
export interface FieldFlag<Value> {
  readonly options: (now: () => number) => Option[]
  /** Besides these, where something that is there is changed. */
  readonly changeOptions?: () => Option[]
  /** What the field becomes; undefined where no option of it was given. `before` is undefined of what is new. */
  readonly read: (given: GivenOptions, before: Value | undefined) => Value | undefined
  /** How null is written. */
  readonly none?: string
}

/** commander makes an empty text of null. */
const CLEARED = Symbol('cleared')

type Parse<Value> = (text: string, now: () => number) => Value

/** One option with one value. */
export function valueFlag<Value>(flags: string, description: string, parse: Parse<Value>): FieldFlag<Value> {
  const options = (now: () => number) => [
    new Option(flags, description).argParser((text) => parse(text, now) ?? CLEARED),
  ]
  return { options, read: reader(flags) }
}

/** The same with a word that takes the value away: `none` for a limit, `never` for an end. */
export function clearableFlag<Value>(
  flags: string,
  description: string,
  { word, parse }: { word: string; parse: Parse<Value> },
): FieldFlag<Value | null> {
  const flag = valueFlag(flags, `${description}, or ${word}`, (text, now) =>
    isWord(text, word) ? null : parse(text, now),
  )
  return { ...flag, none: word }
}

/** An option that says yes and one that says no. */
export function switchFlag(on: [flags: string, description: string], off: typeof on): FieldFlag<boolean> {
  const options = () => [new Option(...on), new Option(...off)]
  return { options, read: reader(on[0]) }
}

interface ListWords<Entry extends string> {
  /** The option's name without its dashes. */
  readonly name: string
  /** What an entry is called. */
  readonly one: string
  readonly description: string
  readonly parse: (text: string) => Entry[]
}

/** A list that may be open: `any` stands for everything, and is null. A change can also add entries and remove some. */
export function openListFlag<Entry extends string>(words: ListWords<Entry>): FieldFlag<Entry[] | null> {
  const parse = (text: string) => (isWord(text, 'any') ? null : words.parse(text))
  return { ...listFlag(words, `${words.description}, or any`, parse), none: 'any' }
}

/** A list that always has an entry. */
export function closedListFlag<Entry extends string>(words: ListWords<Entry>): FieldFlag<Entry[]> {
  return listFlag<Entry, Entry[]>(words, words.description, words.parse)
}

function listFlag<Entry extends string, Value extends Entry[] | null>(
  words: ListWords<Entry>,
  description: string,
  parse: (text: string) => Value,
): FieldFlag<Value> {
  const { name } = words
  const [all, add, remove] = [`--${name} <list>`, `--add-${name} <list>`, `--remove-${name} <list>`]
  const [readAll, readAdded, readRemoved] = [reader<Value>(all), reader<Entry[]>(add), reader<Entry[]>(remove)]
  // An option that is given twice has the entries of both.
  const collected = (text: string, before: unknown) => joined(before, parse(text)) ?? CLEARED
  const changes = (flags: string, what: string) =>
    new Option(flags, what)
      .argParser((text, before: unknown) => joined(before, words.parse(text)))
      .conflicts(new Option(all).attributeName())
  return {
    options: () => [new Option(all, description).argParser(collected)],
    changeOptions: () => [changes(add, `add these to its ${name}`), changes(remove, `remove these from its ${name}`)],
    read(given, before) {
      const [added = [], removed = []] = [readAdded(given), readRemoved(given)]
      if (added.length === 0 && removed.length === 0) return readAll(given)
      return changedList(before ?? null, { added, removed }, words) as Value
    },
  }
}

function joined<Entry>(before: unknown, entries: Entry[] | null): Entry[] | null {
  return Array.isArray(before) && entries !== null ? [...(before as Entry[]), ...entries] : entries
}

interface ListChange<Entry> {
  readonly added: readonly Entry[]
  readonly removed: readonly Entry[]
}

/** Throws a PersonError where the result would be another than was meant: a list without an entry lets everything in. */
function changedList<Entry extends string>(
  before: readonly Entry[] | null,
  { added, removed }: ListChange<Entry>,
  { name, one }: ListWords<Entry>,
): Entry[] {
  if (before === null) {
    throw new PersonError('list_open', `The key has no list of ${name}: it may use any. Set one with --${name}.`)
  }
  const missing = removed.find((entry) => !before.includes(entry))
  if (missing !== undefined) {
    throw new PersonError('not_in_list', `“${missing}” is not on the key's list. There are: ${before.join(', ')}`)
  }
  const after = [...new Set([...before, ...added])].filter((entry) => !removed.includes(entry))
  if (after.length > 0) return after
  throw new PersonError(
    'list_empty',
    `The list needs at least one ${one}. Switch the key off with: latchkey key disable`,
  )
}

function isWord(text: string, word: string): boolean {
  return text.trim().toLowerCase() === word
}

/** Of the option with these flags; null where it takes the value away. */
function reader<Value>(flags: string): (given: GivenOptions) => Value | undefined {
  const name = new Option(flags).attributeName()
  return (given) => (given[name] === CLEARED ? null : given[name]) as Value | undefined
}
