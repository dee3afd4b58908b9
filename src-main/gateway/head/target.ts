import type { Refusal } from '#shared/gateway/decisions.ts'
import { SECRET_PATTERN } from '#shared/keys/secret.ts'
import { carriesSecret, decodeAll } from './stray-secrets.ts'

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
const ABSOLUTE = /^(https?):\/\/([^/?#]*)(.*)$/i
// What a refused target needs of itself is whose client it came from.
const LOOKED_AT = 300

/** A target in absolute-form (RFC 9112 section 3.2.2), as clients send it that take the gateway for a proxy. */
export interface AbsoluteTarget {
  /** Lower case. */
  readonly scheme: string
  /** Takes the place of the Host header. */
  readonly authority: string
  /** The rest, in origin-form. */
  readonly target: string
}

/** The parts of a target in absolute-form; undefined for every other form. */
export function parseAbsolute(raw: string): AbsoluteTarget | undefined {
  const [, scheme, authority, rest] = ABSOLUTE.exec(raw) ?? []
  if (scheme === undefined || authority === undefined || rest === undefined) return undefined
  return { scheme: scheme.toLowerCase(), authority, target: rest.startsWith('/') ? rest : `/${rest}` }
}

/**
 * Normalises an origin-form target once, by refusing every spelling but one. gin, Ollama's router, serves
 * `/api/%70ull` and `/api%2fpull` as `/api/pull`: a path is never judged in one spelling and sent in another.
 */
export function parseTarget(raw: string): Target | Refusal {
  if (raw.length > MAX_LENGTH) return { refused: 'target_too_long' }
  // `*` is for OPTIONS, which was answered before.
  if (!raw.startsWith('/')) return { refused: 'bad_request' }
  const mark = raw.indexOf('?')
  const path = mark < 0 ? raw : raw.slice(0, mark)
  const query = mark < 0 ? '' : raw.slice(mark)
  const problem = pathProblem(path)
  if (problem !== undefined) return bad(problem)
  if (query !== '' && !QUERY.test(query)) return bad('the part after "?" holds forbidden characters')
  if (query !== '' && queryHoldsSecret(query)) return { refused: 'key_in_query' }
  return { path, query }
}

/** A path as its client may have meant it: to answer in its dialect what cannot be judged. Never matched against a rule. */
export function roughPath(raw: string): string {
  const target = parseAbsolute(raw)?.target ?? raw
  const path = decodeAll((target.split('?', 1)[0] ?? '').slice(0, LOOKED_AT)).toLowerCase()
  return path.replace(/[/\\]+/g, '/').replace(/^\/k\/[^/]*/, '')
}

function pathProblem(path: string): string | undefined {
  if (!PATH.test(path)) return 'it holds characters that are not allowed there, or lower-case percent-encoding'
  if (path.includes('%') && NON_CANONICAL.test(path)) return 'it encodes characters that must stand plain or not at all'
  if (path.includes('%') && !isUtf8(path)) return 'its percent-encoding is not UTF-8'
  if (path.includes('//')) return 'it has an empty part, "//"'
  if (path.length > 1 && path.endsWith('/')) return 'it ends in "/"'
  return hasDotSegment(path) ? 'it has a "." or ".." part' : undefined
}

/** What is not can be read as one name here and as another by the upstream. */
function isUtf8(path: string): boolean {
  try {
    return decodeURIComponent(path) !== ''
  } catch {
    return false
  }
}

function hasDotSegment(path: string): boolean {
  return path.includes('/.') && path.split('/').some((segment) => segment === '.' || segment === '..')
}

/** Also what is no more than the beginning of one: nothing else has a reason to look like it. */
function queryHoldsSecret(query: string): boolean {
  SECRET_PATTERN.lastIndex = 0
  return SECRET_PATTERN.test(query.includes('%') ? decodeAll(query) : query) || carriesSecret(query)
}

function bad(detail: string): Refusal {
  return { refused: 'bad_path', detail }
}
