import { dialectOf } from '#shared/gateway/dialects.ts'
import { isKnownPath, ROUTES } from '#shared/gateway/routes.ts'

/** The end of an address in a client's settings: `http://localhost:11500` or `http://localhost:11500/v1`. */
export type Base = '' | '/v1'

// Path segments that people append to the address by mistake: parts of a route, or names of what they expect there.
const PARTS: ReadonlySet<string> = new Set([
  ...ROUTES.flatMap(({ path }) => path.split('/').filter((part) => !part.startsWith(':'))),
  'openai',
  'ollama',
])

/**
 * The base address that a client should use, derived from a path that only a wrong base causes: `/v1/v1/models`,
 * `/models`, `/v1/api/tags`, `/v1/chat/completions/chat/completions`. undefined for a known path, and for a possible
 * route of a newer Ollama.
 */
export function rightBase(path: string): Base | undefined {
  if (isKnownPath(path)) return undefined
  // Anthropic's clients also request routes below it, such as `count_tokens`, which Ollama does not have.
  if (path.startsWith('/v1/messages/')) return ''
  const parts = path.split('/').slice(1)
  for (let at = 0; at < parts.length; at++) {
    const base = baseOfTail(`/${parts.slice(at).join('/')}`)
    if (base !== undefined) return base
    if (!PARTS.has(parts[at] as string)) return undefined
  }
  // Only `/v1`, `/api` or similar: somebody opened the address itself.
  return baseFor(path)
}

/** The base of a client that appends this tail; undefined if no client does. */
function baseOfTail(tail: string): Base | undefined {
  const known = ['', '/v1', '/api'].map((base) => base + tail).find(isKnownPath)
  return known === undefined ? undefined : baseFor(known)
}

/** Anthropic's clients append `/v1` themselves, and Ollama's append `/api`. */
export function baseFor(path: string): Base {
  return dialectOf(path) === 'openai' ? '/v1' : ''
}
