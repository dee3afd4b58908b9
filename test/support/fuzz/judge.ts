import type { Outcome } from './fuzz-client.ts'
import type { UpstreamRequest } from './fuzz-upstream.ts'
import { FORBIDDEN_MODEL, type FuzzCase, type KeyKind, mayReachUpstream, type Secrets } from './request-cases.ts'
import { readStrictly } from './strict-reader.ts'

const NAMES_FORBIDDEN = new RegExp(`(?:"(?:model|name)":"|name="model"\r\n\r\n)${FORBIDDEN_MODEL}`, 'i')
const CASE_ID = /case-(\d{5})-\1-/g

/** The errors in the result of a case; usually none. */
export function faultsOf(one: FuzzCase, { received, wasClosed }: Outcome): string[] {
  if (one.ending === 'reset') return []
  const [method] = one.methods
  const { answers, isCut, fault } = readStrictly(received, one.methods.length === 1 ? method : undefined)
  const most = one.intact ? one.methods.length : one.pieces.join('').split(/HTTP\//i).length
  const foreign = [...received.matchAll(CASE_ID)].map(([id]) => id).filter((id) => id !== one.id)
  const mayBeCut = mayReachUpstream(one) || one.ending === 'end' || !wasClosed
  return [
    ...(fault === undefined ? [] : [fault]),
    ...(answers.length > most ? [`${answers.length} answers to ${most} requests`] : []),
    ...(foreign.length > 0 ? [`an answer of ${foreign[0]}`] : []),
    ...(isCut && !mayBeCut ? ['an answer of the gateway’s own is cut off'] : []),
    ...(answers.length === 0 && mustBeAnswered(one) ? ['no answer'] : []),
  ]
}

/** Data sent after the gateway closed can discard the answer, as TCP specifies. */
function mustBeAnswered(one: FuzzCase): boolean {
  const { intact, pieces, methods, ending } = one
  const isPlain = pieces.length === 1 && methods.length === 1 && !pieces[0]?.includes('100-continue')
  return isPlain && intact && ending === 'wait' && !mayReachUpstream(one)
}

/** Requests that should not have reached the upstream. */
export function faultsUpstream(
  received: readonly UpstreamRequest[],
  kinds: ReadonlyMap<string, KeyKind>,
  secrets: Secrets,
): string[] {
  return received.flatMap((request) => {
    const kind = kinds.get(request.id)
    // If the damage removed the case's name, the request cannot be assigned to a case.
    if (kind !== undefined && !mayReachUpstream({ kind })) return [`a request without a valid key: ${shown(request)}`]
    const carried = Object.values(secrets).find((secret) => secret !== '' && carries(request, secret))
    if (carried !== undefined) return [`a key: ${shown(request)}`]
    const named = takesNoModel(request) ? '' : request.body.replaceAll('\\u0066', 'f')
    return kind === 'listed' && NAMES_FORBIDDEN.test(named) ? [`a forbidden model: ${shown(request)}`] : []
  })
}

/** Anywhere in the head: the address and every header. */
function carries({ head }: UpstreamRequest, secret: string): boolean {
  return head.toLowerCase().includes(secret)
}

/** True for a request without a model: a GET, a HEAD or `/api/me`, whose body has no meaning. */
function takesNoModel({ method, head }: UpstreamRequest): boolean {
  return method === 'GET' || method === 'HEAD' || head.startsWith('POST /api/me ')
}

function shown({ head, body }: UpstreamRequest): string {
  return JSON.stringify((head + body).slice(0, 400))
}
