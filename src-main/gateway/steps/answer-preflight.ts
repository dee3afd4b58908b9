import { answerLocally } from '../local-answer.ts'
import { ANSWERED, type Step } from './step.ts'

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'
// Below every browser's cap, so that a block is noticed soon (facts.md).
const MAX_AGE_SECONDS = '300'
// RFC 9110 section 5.6.2.
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}$/
const MAX_NAMES = 100

/** No browser sends a key on a preflight, so it is answered before any is asked for. */
export const answerPreflight: Step = (context) => {
  const { method, headers, id } = context
  if (method !== 'OPTIONS') return undefined
  const lines = ['Access-Control-Allow-Origin', '*', 'Access-Control-Allow-Methods', METHODS]
  const names = allowedNames(headers['access-control-request-headers'])
  // Names, not `*`: by the Fetch standard the wildcard does not cover Authorization.
  if (names !== '') lines.push('Access-Control-Allow-Headers', names)
  lines.push('Access-Control-Max-Age', MAX_AGE_SECONDS, 'X-Request-Id', id)
  if (headers['access-control-request-private-network'] === 'true') {
    lines.push('Access-Control-Allow-Private-Network', 'true')
  }
  answerLocally(context, 204, lines, undefined)
  return ANSWERED
}

function allowedNames(requested: string | undefined): string {
  if (requested === undefined) return ''
  const names = requested.split(',', MAX_NAMES).map((name) => name.trim())
  return names.filter((name) => TOKEN.test(name)).join(', ')
}
