import { answerLocally } from '../local-answer.ts'
import { ALL_METHODS } from './check-framing.ts'
import { ANSWERED, type Step } from './step.ts'

// Below every browser's cap, so that a block takes effect soon (facts.md).
const MAX_AGE_SECONDS = '300'
// RFC 9110 section 5.6.2.
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/**
 * Browsers send no key with a preflight, so it is answered without one, even if the real request will be refused. Only
 * then can the page read the reason.
 */
export const answerPreflight: Step = (context) => {
  const { method, headers, id } = context
  if (method !== 'OPTIONS') return undefined
  const asked = headers['access-control-request-method']
  const lines = ['Access-Control-Allow-Origin', '*', 'Access-Control-Allow-Methods', methodsWith(asked)]
  const names = allowedNames(headers['access-control-request-headers'])
  // Names instead of `*`, which does not cover Authorization by the Fetch standard.
  if (names !== '') lines.push('Access-Control-Allow-Headers', names)
  lines.push('Access-Control-Max-Age', MAX_AGE_SECONDS, 'X-Request-Id', id)
  if (headers['access-control-request-private-network'] === 'true') {
    lines.push('Access-Control-Allow-Private-Network', 'true')
  }
  answerLocally(context, 204, lines, undefined)
  return ANSWERED
}

function methodsWith(asked: string | undefined): string {
  return asked !== undefined && TOKEN.test(asked) && asked !== 'OPTIONS' ? `${ALL_METHODS}, ${asked}` : ALL_METHODS
}

/** All valid names. The real request is refused if there are too many. */
function allowedNames(requested: string | undefined): string {
  if (requested === undefined) return ''
  const names = requested.split(',').map((name) => name.trim())
  return names.filter((name) => TOKEN.test(name)).join(', ')
}
