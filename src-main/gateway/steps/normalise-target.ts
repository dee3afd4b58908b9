import { isRefusal, type Refusal } from '#shared/gateway/decisions.ts'
import { exactRoute, findRoute } from '#shared/gateway/routes.ts'
import type { ExchangeContext } from '../exchange-context.ts'
import { carriesSecret, decodeAll } from '../head/stray-secrets.ts'
import { parseTarget } from '../head/target.ts'
import type { Step } from './step.ts'

const KEY_PREFIX = '/k/'

/** From here on there is one path: every rule judges it, and it is what the upstream gets. */
export const normaliseTarget: Step = (context) => {
  // As nearly every client asks: what is in the table is in its one spelling.
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

/** `/k/<secret>/api/chat`: the key leaves the path before anything else sees it. */
function takeKeyPrefix(context: { path: string; pathSecret: string | undefined }, path: string): void {
  const end = path.indexOf('/', KEY_PREFIX.length)
  const secret = end < 0 ? path.slice(KEY_PREFIX.length) : path.slice(KEY_PREFIX.length, end)
  // In one character a byte, as in a header: what was pasted along with a key is encoded here.
  context.pathSecret = secret.includes('%') ? decodeAll(secret) : secret
  context.path = end < 0 ? '/' : path.slice(end)
}

/** `/k/<secret>/` is the root as seen through the prefix, not a path with an empty last part. */
function withoutPrefixSlash(url: string): string {
  return /^\/k\/[^/?]+\/(?:\?|$)/.test(url) ? url.replace(/\/(?=\?|$)/, '') : url
}
