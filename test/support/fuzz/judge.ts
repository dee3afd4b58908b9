import type { Outcome } from './fuzz-client.ts'
import type { UpstreamRequest } from './fuzz-upstream.ts'
import { FORBIDDEN_MODEL, type FuzzCase, type KeyKind, mayReachUpstream, type Secrets } from './request-cases.ts'
import { readStrictly } from './strict-reader.ts'

const NAMES_FORBIDDEN = new RegExp(`(?:"(?:model|name)":"|name="model"\r\n\r\n)${FORBIDDEN_MODEL}`, 'i')
const CASE_ID = /case-(\d{5})-\1-/g

/** What is wrong with how a case ended; nothing, as a rule. */
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

/** What is sent on when the gateway has closed can take the answer away again, as TCP has it. */
function mustBeAnswered(one: FuzzCase): boolean {
  const { intact, pieces, methods, ending } = one
  const isPlain = pieces.length === 1 && methods.length === 1 && !pieces[0]?.includes('100-continue')
  return isPlain && intact && ending === 'wait' && !mayReachUpstream(one)
}

/** What should not have reached the upstream. */
export function faultsUpstream(
  received: readonly UpstreamRequest[],
  kinds: ReadonlyMap<string, KeyKind>,
  secrets: Secrets,
): string[] {
  return received.flatMap((request) => {
    const kind = kinds.get(request.id)
    // Where the damage has taken the name of the case away, nobody can say whose request it was.
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

/** A request that takes no model: the body of a GET or HEAD, or of `/api/me`, means nothing. */
function takesNoModel({ method, head }: UpstreamRequest): boolean {
  return method === 'GET' || method === 'HEAD' || head.startsWith('POST /api/me ')
}

function shown({ head, body }: UpstreamRequest): string {
  return JSON.stringify((head + body).slice(0, 400))
}
