import type { Key } from '#shared/keys/key.ts'
import { linkAppName } from '#shared/keys/link-apps.ts'
import { text } from '../../text/text.ts'

/** The names of a key's restrictions beyond its scopes. */
export function restrictionsOf(key: Key): string[] {
  const { models, origins, endpoints, limits, inUrl, app } = text.keys.restricted
  const limited = [key.requestsPerMinute, key.tokensPerDay, key.concurrency].some((limit) => limit !== null)
  return [
    key.models !== null && models,
    key.origins !== null && origins,
    key.endpoints !== null && endpoints,
    limited && limits,
    key.allowInUrl && inUrl,
    key.app !== null && app({ app: linkAppName(key.app) }),
  ].filter((word) => word !== false)
}
