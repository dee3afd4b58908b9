import { SECRET_PREFIX } from '#shared/secret.ts'
import { isLoopbackName, parseHost } from '../host-name.ts'
import type { Step } from './step.ts'

const LABEL_SUFFIX = '.localhost'

/**
 * The guard against DNS rebinding: a page whose name was made to resolve to this computer still says its own name
 * here. A label in front of `.localhost` may carry a key, for clients that keep nothing but the host of an address.
 */
export const checkHost: Step = (context) => {
  const header = context.headers.host
  const host = header === undefined ? undefined : parseHost(header)
  if (host === undefined) return { refused: 'bad_request' }
  if (!isLoopbackName(host.name) && !context.config.hosts.has(host.name)) {
    context.corsReadable = false
    return { refused: 'host_not_allowed' }
  }
  if (host.name.startsWith(SECRET_PREFIX) && host.name.endsWith(LABEL_SUFFIX)) {
    context.labelSecret = host.name.slice(0, -LABEL_SUFFIX.length)
  }
  return undefined
}
