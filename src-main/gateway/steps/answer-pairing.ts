import { isRefusal, type Refusal } from '#shared/gateway/decisions.ts'
import { type PairingRoute, pairingRouteAt } from '#shared/pairing/pairing-routes.ts'
import { isLoopbackAddress, isLoopbackName } from '../../base/loopback.ts'
import { readBody } from '../client/request-body.ts'
import type { ExchangeContext } from '../exchange-context.ts'
import { parseHost } from '../head/host-header.ts'
import { rawHeader } from '../head/raw-header.ts'
import { CORS_LINES } from '../head/response-headers.ts'
import { userAgentFamily } from '../head/user-agent.ts'
import { answerLocally } from '../local-answer.ts'
import type { Pairing, PairingAnswer, PairingCall } from '../ports.ts'
import { cutOffRefusal } from './cut-off.ts'
import { ANSWERED, type Step, type StepResult } from './step.ts'

const KIBIBYTE = 1024
const MOST_BODY = 8 * KIBIBYTE
const TOO_LARGE: Refusal = { refused: 'body_too_large', detail: `${MOST_BODY / KIBIBYTE} KB` }
/** A proxy on this computer adds these headers. The client behind it may be on another computer. */
const PROXY_HEADERS: ReadonlySet<string> = new Set([
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
])

/**
 * Lets an app on this computer, or on another device that is let in over TLS, ask the person for a key. Without a key an
 * app can only raise a question, and on this computer only under its true origin. Everybody else needs a key here as
 * everywhere, and gets the same answers as if pairing did not exist.
 */
export const answerPairing: Step = (context, { pairing }) => {
  // Ends here for nearly every request, because it is for a route of the upstream.
  if (context.route !== undefined) return undefined
  const route = pairingRouteAt(context.path)
  if (route === undefined || !isDirect(context) || !mayAsk(context, route)) return undefined
  return answer(context, route, pairing)
}

/** Also false for a URL with a key in it, because the URLs in the answer would repeat the key. */
function isDirect({ labelSecret, pathSecret, request }: ExchangeContext): boolean {
  if (labelSecret !== undefined || pathSecret !== undefined) return false
  return !request.rawHeaders.some((name, at) => at % 2 === 0 && PROXY_HEADERS.has(name.toLowerCase()))
}

/** Other devices only over TLS: otherwise anyone in their network could read the key. */
function mayAsk({ address, headers, isSecure }: ExchangeContext, { forDevices }: PairingRoute): boolean {
  const isLoopbackHost = isLoopbackName(parseHost(headers.host ?? '')?.name ?? '')
  if (isLoopbackAddress(address)) return isLoopbackHost
  return isSecure && forDevices && !isLoopbackHost
}

async function answer(context: ExchangeContext, route: PairingRoute, pairing: Pairing): Promise<StepResult> {
  const refusal = judgeHead(context, route)
  if (refusal !== undefined) return refusal
  const body = route.takes === 'form' || route.takes === 'json' ? await readText(context) : ''
  if (typeof body !== 'string') return body
  const answered = await pairing.answer({
    route: route.name,
    query: context.query,
    body,
    contentType: context.headers['content-type'] ?? '',
    host: context.headers.host ?? '',
    isSecure: context.isSecure,
    device: deviceOf(context),
    origin: context.origin,
    userAgent: userAgentFamily(context.headers['user-agent']),
    isCrossSite: context.headers['sec-fetch-site'] === 'cross-site',
    language: rawHeader(context, 'accept-language'),
    connection: endsOf(context),
  })
  if (answered === undefined || isRefusal(answered)) return answered
  return send(context, answered)
}

function judgeHead(context: ExchangeContext, route: PairingRoute): Refusal | undefined {
  const { method, config } = context
  const methods: readonly string[] = route.methods
  if (!methods.includes(method)) return { refused: 'method_not_allowed', detail: method, allow: methods.join(', ') }
  if (route.takes === 'nothing') return undefined
  const cutOff = cutOffRefusal(config)
  if (cutOff !== undefined) return cutOff
  if (config.paused) return { refused: 'gateway_paused' }
  const fault = route.takes === 'navigation' ? navigationFault(context) : postFault(context)
  return fault === undefined ? undefined : { refused: 'pairing_origin', detail: fault }
}

/** A browser names the origin of every POST. If the name is missing, as in a sandboxed frame, the asker is unknown. */
function postFault({ origin, headers }: ExchangeContext): string | undefined {
  if (origin === 'null') return 'its page has no address of its own'
  const site = headers['sec-fetch-site']
  return origin === null && site !== undefined && site !== 'none' ? 'its page does not tell its address' : undefined
}

/**
 * The page must be a tab's own document: not in a frame, not read by a script, not loaded in advance
 * (https://w3c.github.io/webappsec-fetch-metadata). Whether another site may open it depends on the receiver of the
 * answer.
 */
function navigationFault(context: ExchangeContext): string | undefined {
  if (context.origin !== null) return 'a page must open it in a tab'
  if ((rawHeader(context, 'sec-fetch-mode') ?? 'navigate') !== 'navigate') return 'a page must open it in a tab'
  if ((rawHeader(context, 'sec-fetch-dest') ?? 'document') !== 'document') return 'a page must open it in a tab'
  return rawHeader(context, 'sec-purpose') === undefined ? undefined : 'the browser loaded it in advance'
}

/** The body as text. The deadline for clients without a key applies. */
async function readText(context: ExchangeContext): Promise<string | Refusal> {
  const { headers, request } = context
  if (headers['content-encoding'] !== undefined) return { refused: 'bad_body', detail: 'it is compressed' }
  if (!context.hasBody) return ''
  if (Number(headers['content-length'] ?? 0) > MOST_BODY) return TOO_LARGE
  context.askForBody()
  let size = 0
  const grow = (bytes: number) => {
    size += bytes
    return size > MOST_BODY ? 'too_large' : undefined
  }
  const body = await readBody(request, { grow })
  return typeof body === 'string' ? TOO_LARGE : body.toString('utf8')
}

/** This computer connects to its own network addresses from the same address. */
function deviceOf({ address, request }: ExchangeContext): string | null {
  return isLoopbackAddress(address) || address === request.socket.localAddress ? null : address
}

function endsOf({ request: { socket } }: ExchangeContext): PairingCall['connection'] {
  const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = socket
  return { client: { address: remoteAddress, port: remotePort }, gateway: { address: localAddress, port: localPort } }
}

function send(context: ExchangeContext, { status, headers, body, isReadable, onSent }: PairingAnswer): StepResult {
  const { response } = context
  // The client left while its request was judged.
  if (context.isOver) {
    onSent?.(false)
    return ANSWERED
  }
  if (onSent !== undefined) response.once('close', () => onSent(response.writableFinished))
  const bytes = Buffer.from(body)
  context.bytesOut = bytes.length
  context.corsReadable = isReadable
  const lines = [...(isReadable ? CORS_LINES : []), 'X-Request-Id', context.id, ...headers]
  answerLocally(context, status, [...lines, 'Content-Length', String(bytes.length)], bytes.toString('latin1'))
  return ANSWERED
}
