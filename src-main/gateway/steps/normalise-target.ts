import { isRefusal, type Refusal } from '#shared/gateway/decisions.ts'
import { exactRoute, findRoute } from '#shared/gateway/routes.ts'
import type { ExchangeContext } from '../exchange-context.ts'
import { carriesSecret, decodeAll } from '../head/stray-secrets.ts'
import { parseTarget } from '../head/target.ts'
import type { Step } from './step.ts'

const KEY_PREFIX = '/k/'

/** Sets the path that every rule judges and that the upstream gets. */
export const normaliseTarget: Step = (context) => {
  // Fast path for nearly every client: a path in the route table is in canonical form.
  context.route = exactRoute(context.method, context.target)
  if (context.route === undefined) return normalise(context)
  context.path = context.target
  return undefined
}

function normalise(context: ExchangeContext): Refusal | undefined {
  const target = parseTarget(withoutPrefixSlash(context.target))
  if (isRefusal(target)) return target
  context.query = target.query
  context.path = target.path
  if (target.path.startsWith(KEY_PREFIX)) takeKeyPrefix(context, target.path)
  if (carriesSecret(context.path)) return { refused: 'key_misplaced' }
  context.route = findRoute(context.method, context.path)
  return undefined
}

/** Removes the key from `/k/<secret>/api/chat` before any later step sees the path. */
function takeKeyPrefix(context: { path: string; pathSecret: string | undefined }, path: string): void {
  const end = path.indexOf('/', KEY_PREFIX.length)
  const secret = end < 0 ? path.slice(KEY_PREFIX.length) : path.slice(KEY_PREFIX.length, end)
  // One character per byte, like in a header. In a URL, text pasted along with a key is percent-encoded.
  context.pathSecret = secret.includes('%') ? decodeAll(secret) : secret
  context.path = end < 0 ? '/' : path.slice(end)
}

/** `/k/<secret>/` is the root with the prefix, not a path with an empty last segment. */
function withoutPrefixSlash(url: string): string {
  return /^\/k\/[^/?]+\/(?:\?|$)/.test(url) ? url.replace(/\/(?=\?|$)/, '') : url
}
