import type { Refusal } from '#shared/gateway/decisions.ts'
import { SECRET_PATTERN } from '#shared/keys/secret.ts'
import { carriesSecret, decodeAll } from './stray-secrets.ts'

/** A validated request target. Rules match the same path that is forwarded. */
export interface Target {
  readonly path: string
  /** The query with its `?`, or empty. */
  readonly query: string
}

// RFC 3986 pchar without characters that Ollama's router or a file system could read differently; `%` only in a
// triplet.
const PATH = /^(?:[A-Za-z0-9\-._~!$&'()*+,=:@/]|%[0-9A-F]{2})*$/
// RFC 3986 section 2.3: letters, digits and `-._~` never need encoding, so an encoded one is a second spelling. Also
// control characters, and an encoded separator or percent sign, which a router may decode again.
const NON_CANONICAL = /%(?:[01][0-9A-F]|2[5DEF]|3[0-9]|4[1-9A-F]|5[0-9ACF]|6[1-9A-F]|7[0-9AEF])/
const MAX_LENGTH = 8 * 1024
const QUERY = /^\?[\x21-\x7e]*$/
const ABSOLUTE = /^(https?):\/\/([^/?#]*)(.*)$/i
// Characters of a refused target that are enough to find its dialect.
const LOOKED_AT = 300

/** A target in absolute-form (RFC 9112 section 3.2.2). Clients send it if they use the gateway as a proxy. */
export interface AbsoluteTarget {
  /** In lower case. */
  readonly scheme: string
  /** Replaces the Host header. */
  readonly authority: string
  /** The rest of the target, in origin-form. */
  readonly target: string
}

/** Parses a target in absolute-form; undefined for every other form. */
export function parseAbsolute(raw: string): AbsoluteTarget | undefined {
  const [, scheme, authority, rest] = ABSOLUTE.exec(raw) ?? []
  if (scheme === undefined || authority === undefined || rest === undefined) return undefined
  return { scheme: scheme.toLowerCase(), authority, target: rest.startsWith('/') ? rest : `/${rest}` }
}

/**
 * Normalises an origin-form target by refusing every spelling but one. gin, Ollama's router, serves `/api/%70ull` and
 * `/api%2fpull` as `/api/pull`, so the judged path must be the one that is sent.
 */
export function parseTarget(raw: string): Target | Refusal {
  if (raw.length > MAX_LENGTH) return { refused: 'target_too_long' }
  // `*` is only for OPTIONS, which an earlier step answered.
  if (!raw.startsWith('/')) return { refused: 'bad_request' }
  const mark = raw.indexOf('?')
  const path = mark < 0 ? raw : raw.slice(0, mark)
  const query = mark < 0 ? '' : raw.slice(mark)
  const problem = pathProblem(path)
  if (problem !== undefined) return bad(problem)
  if (query !== '' && !QUERY.test(query)) return bad('the query has invalid characters')
  if (query !== '' && queryHoldsSecret(query)) return { refused: 'key_in_query' }
  return { path, query }
}

/** The probable path of an unreadable target, only to choose the dialect. Rules never use it. */
export function roughPath(raw: string): string {
  const target = parseAbsolute(raw)?.target ?? raw
  const path = decodeAll((target.split('?', 1)[0] ?? '').slice(0, LOOKED_AT)).toLowerCase()
  return path.replace(/[/\\]+/g, '/').replace(/^\/k\/[^/]*/, '')
}

function pathProblem(path: string): string | undefined {
  if (!PATH.test(path)) return 'it has invalid characters, or lower-case percent-encoding'
  if (path.includes('%') && NON_CANONICAL.test(path)) return 'it encodes characters that must not be encoded'
  if (path.includes('%') && !isUtf8(path)) return 'its percent-encoding is not UTF-8'
  if (path.includes('//')) return 'it has an empty part, "//"'
  if (path.length > 1 && path.endsWith('/')) return 'it ends in "/"'
  return hasDotSegment(path) ? 'it has a "." or ".." part' : undefined
}

/** Invalid UTF-8 could be read as one name here and as another by the upstream. */
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

/** Also true for the beginning of a secret, because nothing else looks like it. */
function queryHoldsSecret(query: string): boolean {
  SECRET_PATTERN.lastIndex = 0
  return SECRET_PATTERN.test(query.includes('%') ? decodeAll(query) : query) || carriesSecret(query)
}

function bad(detail: string): Refusal {
  return { refused: 'bad_path', detail }
}
