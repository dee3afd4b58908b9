import { Option } from 'commander'
import { PersonError } from '#shared/text/person-error.ts'

/** The options that commander parsed: each value by its option's name. */
export type GivenOptions = Readonly<Record<string, unknown>>

/** The options that set one field, and how to read them. */
export interface FieldFlag<Value> {
  readonly options: (now: () => number) => Option[]
  /** Further options for changing something that exists. */
  readonly changeOptions?: () => Option[]
  /** The new value of the field; undefined if none of its options was given. `before` is undefined for a new key. */
  readonly read: (given: GivenOptions, before: Value | undefined) => Value | undefined
  /** The word for null. */
  readonly none?: string
}

/** commander turns null into an empty text. */
const CLEARED = Symbol('cleared')

type Parse<Value> = (text: string, now: () => number) => Value

/** One option with one value. */
export function valueFlag<Value>(flags: string, description: string, parse: Parse<Value>): FieldFlag<Value> {
  const options = (now: () => number) => [
    new Option(flags, description).argParser((text) => parse(text, now) ?? CLEARED),
  ]
  return { options, read: reader(flags) }
}

/** A value flag with a word that clears the value, such as `none` for a limit or `never` for an expiry. */
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

/** A pair of options: one for true, one for false. */
export function switchFlag(on: [flags: string, description: string], off: typeof on): FieldFlag<boolean> {
  const options = () => [new Option(...on), new Option(...off)]
  return { options, read: reader(on[0]) }
}

interface ListWords<Entry extends string> {
  /** The option's name without its dashes. */
  readonly name: string
  /** The noun for one entry. */
  readonly one: string
  readonly description: string
  readonly parse: (text: string) => Entry[]
}

/** A list that can be open: `any` means everything and is stored as null. A change can also add and remove entries. */
export function openListFlag<Entry extends string>(words: ListWords<Entry>): FieldFlag<Entry[] | null> {
  const parse = (text: string) => (isWord(text, 'any') ? null : words.parse(text))
  return { ...listFlag(words, `${words.description}, or any`, parse), none: 'any' }
}

/** A list with at least one entry. */
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
  // A repeated option adds up its entries.
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

/**
 * Applies additions and removals to a list. Throws a PersonError if the result would not be what was meant, because an
 * empty list would allow everything.
 */
function changedList<Entry extends string>(
  before: readonly Entry[] | null,
  { added, removed }: ListChange<Entry>,
  { name, one }: ListWords<Entry>,
): Entry[] {
  if (before === null) {
    throw new PersonError('list_open', `The key has no list of ${name} and may use any. Set a list with --${name}.`)
  }
  const missing = removed.find((entry) => !before.includes(entry))
  if (missing !== undefined) {
    throw new PersonError('not_in_list', `“${missing}” is not on the key's list. The list has: ${before.join(', ')}`)
  }
  const after = [...new Set([...before, ...added])].filter((entry) => !removed.includes(entry))
  if (after.length > 0) return after
  throw new PersonError(
    'list_empty',
    `The list needs at least one ${one}. To switch the key off, run: latchkey key disable`,
  )
}

function isWord(text: string, word: string): boolean {
  return text.trim().toLowerCase() === word
}

/** Returns a reader for the option with these flags. It returns null if the option clears the value. */
function reader<Value>(flags: string): (given: GivenOptions) => Value | undefined {
  const name = new Option(flags).attributeName()
  return (given) => (given[name] === CLEARED ? null : given[name]) as Value | undefined
}
