import { isRefusal } from '#shared/decisions.ts'
import { findRoute } from '#shared/routes.ts'
import { parseTarget } from '../target.ts'
import type { Step } from './step.ts'

const KEY_PREFIX = '/k/'

/** From here on there is one path: every rule judges it, and it is what the upstream gets. */
export const normaliseTarget: Step = (context) => {
  const target = parseTarget(withoutPrefixSlash(context.request.url ?? ''))
  if (isRefusal(target)) return target
  context.query = target.query
  context.path = target.path
  if (target.path.startsWith(KEY_PREFIX)) takeKeyPrefix(context, target.path)
  context.route = findRoute(context.method, context.path)
  return undefined
}

/** `/k/<secret>/api/chat`: the key leaves the path before anything else sees it. */
function takeKeyPrefix(context: { path: string; pathSecret: string | undefined }, path: string): void {
  const end = path.indexOf('/', KEY_PREFIX.length)
  context.pathSecret = end < 0 ? path.slice(KEY_PREFIX.length) : path.slice(KEY_PREFIX.length, end)
  context.path = end < 0 ? '/' : path.slice(end)
}

/** `/k/<secret>/` is the root as seen through the prefix, not a path with an empty last part. */
function withoutPrefixSlash(url: string): string {
  return /^\/k\/[^/?]+\/(?:\?|$)/.test(url) ? url.replace(/\/(?=\?|$)/, '') : url
}
