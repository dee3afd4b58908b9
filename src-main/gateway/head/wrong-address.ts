import { dialectOf } from '#shared/gateway/dialects.ts'
import { isKnownPath, ROUTES } from '#shared/gateway/routes.ts'

/** What an address in a client's settings ends in: `http://localhost:11500` or `http://localhost:11500/v1`. */
export type Base = '' | '/v1'

// What people put behind the address by mistake is a part of a route, or the name of what they think is there.
const PARTS: ReadonlySet<string> = new Set([
  ...ROUTES.flatMap(({ path }) => path.split('/').filter((part) => !part.startsWith(':'))),
  'openai',
  'ollama',
])

/**
 * The address that a client should have, told by a path that only a wrong one leads to: `/v1/v1/models`, `/models`,
 * `/v1/api/tags`, `/v1/chat/completions/chat/completions`. undefined for a known path, and for one that could be a
 * route of a newer Ollama.
 */
export function rightBase(path: string): Base | undefined {
  if (isKnownPath(path)) return undefined
  // Anthropic's clients ask for more below it, such as `count_tokens`, which Ollama does not have.
  if (path.startsWith('/v1/messages/')) return ''
  const parts = path.split('/').slice(1)
  for (let at = 0; at < parts.length; at++) {
    const base = baseOfTail(`/${parts.slice(at).join('/')}`)
    if (base !== undefined) return base
    if (!PARTS.has(parts[at] as string)) return undefined
  }
  // Only `/v1`, `/api` and the like: somebody has opened the address itself.
  return baseFor(path)
}

/** The base of a client that adds this tail to it; undefined when none does. */
function baseOfTail(tail: string): Base | undefined {
  const known = ['', '/v1', '/api'].map((base) => base + tail).find(isKnownPath)
  return known === undefined ? undefined : baseFor(known)
}

/** Anthropic's clients add `/v1` themselves, as Ollama's add `/api`. */
export function baseFor(path: string): Base {
  return dialectOf(path) === 'openai' ? '/v1' : ''
}
