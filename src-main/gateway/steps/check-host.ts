import type { Refusal } from '#shared/gateway/decisions.ts'
import { SECRET_PREFIX } from '#shared/keys/secret.ts'
import { isLoopbackForPrograms, isLoopbackName } from '../../base/loopback.ts'
import type { ExchangeContext } from '../exchange-context.ts'
import { parseHost } from '../head/host-header.ts'
import { parseAbsolute } from '../head/target.ts'
import type { Step } from './step.ts'

const LABEL_SUFFIX = '.localhost'
const BAD: Refusal = { refused: 'bad_request' }

/**
 * The guard against DNS rebinding: a page whose name resolves to this computer still sends its own name here. A label
 * before `.localhost` can carry a key, for clients that keep only the host of an address.
 */
export const checkHost: Step = (context) => {
  const { host } = context.headers
  if (host === undefined) return BAD
  const name = parseHost(host)?.name
  if (name === undefined) return BAD
  const url = context.request.url ?? ''
  if (!url.startsWith('/')) return checkOtherForm(context, url)
  context.target = url
  return isAllowed(context, name) ? takeLabel(context, name) : foreign(context, 'host_not_allowed')
}

/** Checks `*` and absolute-form, where the target's authority replaces the Host header (RFC 9112 section 3.2.2). */
function checkOtherForm(context: ExchangeContext, url: string): Refusal | undefined {
  const absolute = parseAbsolute(url)
  const name = parseHost(absolute?.authority ?? context.headers.host ?? '')?.name
  if (name === undefined || (absolute === undefined && url !== '*')) return BAD
  context.target = absolute?.target ?? url
  if (absolute === undefined) return isAllowed(context, name) ? undefined : foreign(context, 'host_not_allowed')
  context.headers.host = absolute.authority
  // Without TLS on this connection, the client means another server.
  if (absolute.scheme !== (context.isSecure ? 'https' : 'http') || !isAllowed(context, name))
    return foreign(context, 'not_a_proxy')
  return takeLabel(context, name)
}

function isAllowed({ config, headers }: ExchangeContext, name: string): boolean {
  if (isLoopbackName(name) || config.hosts.has(name)) return true
  return headers.origin === undefined && isLoopbackForPrograms(name)
}

function foreign(context: ExchangeContext, refused: Refusal['refused']): Refusal {
  context.corsReadable = false
  return { refused }
}

function takeLabel(context: ExchangeContext, name: string): undefined {
  if (name.startsWith(SECRET_PREFIX) && name.endsWith(LABEL_SUFFIX)) {
    context.labelSecret = name.slice(0, -LABEL_SUFFIX.length)
  }
}
