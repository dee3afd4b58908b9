// sample upstream: canned answers, no model.

/** The members of a JSON object under their folded (lower-case) names. */
export type GoObject = Readonly<Record<string, unknown>>

/**
 * Reads the top level of a JSON object as Go's encoding/json fills a struct: names match without regard to case, the
 * LAST of several wins, `null` leaves what stood there, and what follows the first value is ignored. JSON.parse alone
 * cannot tell, because it forgets the order of `model` and `Model`. Throws a SyntaxError, also for a byte order mark.
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

// One token at a time: a string, a bracket, a comma, a colon, or a run of anything else.
const TOKEN = /\s*("(?:[^"\\]|\\[\s\S])*"|[[\]{},:]|[^\s[\]{},:"]+)/y

function* topLevelMembers(text: string): Iterable<[string, unknown]> {
  if (text === '') throw new SyntaxError('EOF')
  if (!/^[ \t\r\n]*\{/.test(text)) throw new SyntaxError('invalid character looking for beginning of value')
  const end = endOfValue(text, text.indexOf('{'))
  // Valid as a whole, so the pieces below can be cut without checking the grammar again.
  JSON.parse(text.slice(0, end))
  let at = text.indexOf('{') + 1
  while (!/^\s*\}/.test(text.slice(at, at + 1_000))) {
    const name = tokenAt(text, at)
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
    at = end
  } while (depth > 0)
  return at
}

function tokenAt(text: string, at: number): { token: string; end: number } {
  TOKEN.lastIndex = at
  const match = TOKEN.exec(text)
  if (match?.[1] === undefined) throw new SyntaxError('unexpected EOF')
  return { token: match[1], end: TOKEN.lastIndex }
}
