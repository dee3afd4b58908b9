// sample upstream: canned answers, no model.

/** The members of a JSON object by their folded (lower-case) names. */
export type GoObject = Readonly<Record<string, unknown>>

/**
 * Reads the top level of a JSON object like Go's encoding/json fills a struct: names match case-insensitively, the LAST
 * of several counts, `null` leaves the earlier value, and text after the first value is ignored. JSON.parse is not
 * sufficient, because it loses the order of `model` and `Model`. Throws a SyntaxError, also for a byte order mark.
 */
export function decodeGoJson(text: string): GoObject {
  const members: Record<string, unknown> = {}
  for (const [name, value] of topLevelMembers(text)) {
    if (value !== null) members[foldName(name)] = value
  }
  return members
}

// Go folds by Unicode's simple folding, in which the long s (U+017F) is an s; toLowerCase alone leaves it.
function foldName(name: string): string {
  return name.toUpperCase().toLowerCase()
}

// Go's decoder refuses deeper nesting (maxNestingDepth).
const MAX_DEPTH = 10_000

function* topLevelMembers(text: string): Iterable<[string, unknown]> {
  if (text === '') throw new SyntaxError('EOF')
  const begin = tokenAt(text, 0)
  if (begin.token !== '{') throw new SyntaxError('invalid character looking for beginning of value')
  // The whole value is valid, so its pieces can be cut without checking the grammar again.
  JSON.parse(text.slice(0, endOfValue(text, 0)))
  for (let at = begin.end; ; ) {
    const name = tokenAt(text, at)
    if (name.token === '}') return
    const colon = tokenAt(text, name.end)
    const valueEnd = endOfValue(text, colon.end)
    yield [JSON.parse(name.token) as string, JSON.parse(text.slice(colon.end, valueEnd))]
    const comma = tokenAt(text, valueEnd)
    if (comma.token !== ',') return
    at = comma.end
  }
}

function endOfValue(text: string, start: number): number {
  let depth = 0
  let at = start
  do {
    const { token, end } = tokenAt(text, at)
    if (token === '{' || token === '[') depth++
    if (token === '}' || token === ']') depth--
    if (depth > MAX_DEPTH) throw new SyntaxError('exceeded max depth')
    at = end
  } while (depth > 0)
  return at
}

const SPACES = ' \t\n\r'
const MARKS = '[]{},:'

/**
 * The next token: a string, a bracket, a comma, a colon, or a run of anything else. Reads one character at a time,
 * because a regular expression overflows the stack on a string of some megabytes.
 */
function tokenAt(text: string, at: number): { token: string; end: number } {
  let start = at
  while (start < text.length && SPACES.includes(text.charAt(start))) start++
  if (start >= text.length) throw new SyntaxError('unexpected EOF')
  const end = tokenEnd(text, start)
  return { token: text.slice(start, end), end }
}

function tokenEnd(text: string, start: number): number {
  const first = text.charAt(start)
  if (first === '"') return stringEnd(text, start)
  if (MARKS.includes(first)) return start + 1
  let end = start + 1
  while (end < text.length && !`${SPACES}${MARKS}"`.includes(text.charAt(end))) end++
  return end
}

/** The end of the string that begins at `start`: after the first unescaped quote. */
function stringEnd(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1)
  while (quote >= 0 && isEscaped(text, quote)) quote = text.indexOf('"', quote + 1)
  if (quote < 0) throw new SyntaxError('unexpected EOF')
  return quote + 1
}

function isEscaped(text: string, quote: number): boolean {
  let backslashes = 0
  while (text.charAt(quote - 1 - backslashes) === '\\') backslashes++
  return backslashes % 2 === 1
}
