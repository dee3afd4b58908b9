import type { Key } from '#shared/keys/key.ts'
import { text } from '../../text/text.ts'

/** What narrows a key beyond its scopes, in plain words. */
export function restrictionsOf(key: Key): string[] {
  const { models, origins, endpoints, limits, inUrl } = text.keys.restricted
  const limited = [key.requestsPerMinute, key.tokensPerDay, key.concurrency].some((limit) => limit !== null)
  return [
    key.models !== null && models,
    key.origins !== null && origins,
    key.endpoints !== null && endpoints,
    limited && limits,
    key.allowInUrl && inUrl,
  ].filter((word) => word !== false)
}
