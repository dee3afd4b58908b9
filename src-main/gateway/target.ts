import type { Refusal } from '#shared/decisions.ts'
import { SECRET_PATTERN } from '#shared/secret.ts'

/** A request target that was judged: the same path is matched against the rules and sent on. */
export interface Target {
  readonly path: string
  /** With its `?`, or empty. */
  readonly query: string
}

// RFC 3986 pchar without what Ollama's router or a file system could read a second way; `%` only as a triplet.
const PATH = /^(?:[A-Za-z0-9\-._~!$&'()*+,=:@/]|%[0-9A-F]{2})*$/
// RFC 3986 section 2.3: letters, digits and `-._~` never need encoding, so encoded they are a second spelling. Besides
// those: control characters, and an encoded separator or percent sign, which a router may decode once more.
const NON_CANONICAL = /%(?:[01][0-9A-F]|2[5DEF]|3[0-9]|4[1-9A-F]|5[0-9ACF]|6[1-9A-F]|7[0-9AEF])/
const MAX_LENGTH = 8 * 1024
const QUERY = /^\?[\x21-\x7e]*$/

/**
 * Normalises an origin-form target once, by refusing every spelling but one. gin, Ollama's router, serves
 * `/api/%70ull` and `/api%2fpull` as `/api/pull`: a path is never judged in one spelling and sent in another.
 */
export function parseTarget(raw: string): Target | Refusal {
  if (raw.length > MAX_LENGTH) return { refused: 'target_too_long' }
  // Absolute-form, authority-form and `*`: for proxies that are asked to be one.
  if (!raw.startsWith('/')) return { refused: 'bad_request' }
  const mark = raw.indexOf('?')
  const path = mark < 0 ? raw : raw.slice(0, mark)
  const query = mark < 0 ? '' : raw.slice(mark)
  const problem = pathProblem(path)
  if (problem !== undefined) return bad(problem)
  if (query !== '' && !QUERY.test(query)) return bad('the part after "?" holds forbidden characters')
  if (query !== '' && holdsSecret(query)) return { refused: 'key_in_query' }
  return { path, query }
}

function pathProblem(path: string): string | undefined {
  if (!PATH.test(path)) return 'it holds characters that are not allowed there, or lower-case percent-encoding'
  if (path.includes('%') && NON_CANONICAL.test(path)) return 'it encodes characters that must stand plain or not at all'
  if (path.includes('//')) return 'it has an empty part, "//"'
  if (path.length > 1 && path.endsWith('/')) return 'it ends in "/"'
  return hasDotSegment(path) ? 'it has a "." or ".." part' : undefined
}

function hasDotSegment(path: string): boolean {
  return path.includes('/.') && path.split('/').some((segment) => segment === '.' || segment === '..')
}

function holdsSecret(query: string): boolean {
  SECRET_PATTERN.lastIndex = 0
  return SECRET_PATTERN.test(decodeLoosely(query))
}

/** `%2D` is a hyphen: a secret must be found however its letters are written. */
function decodeLoosely(query: string): string {
  return query.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function bad(detail: string): Refusal {
  return { refused: 'bad_path', detail }
}
