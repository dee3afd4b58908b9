import { z } from 'zod'
import type { UpstreamFault } from '#shared/gateway/refusals.ts'
import { redactSecrets } from '#shared/keys/secret.ts'
import { valueOf } from '../head/response-headers.ts'
import type { AnswerHead } from '../transport.ts'

/** What the answer was given to. */
export interface AskedUpstream {
  /** Its address. */
  readonly upstream: string
  /** The value of Authorization that it got from Latchkey, or null. */
  readonly upstreamCredential: string | null
}

// What Go (Ollama, Caddy), nginx and Apache answer to a plain request on a port for TLS.
const WANTS_TLS = /HTTP request (?:was sent )?to (?:an )?HTTPS|speaking plain HTTP to an SSL/i
const LONGEST_WORDS = 200
const REFUSED: ReadonlySet<number> = new Set([401, 403, 407])

interface Verdict {
  readonly refused: UpstreamFault
  readonly detail?: string
}

/** Whether an answer may be about Latchkey and not about the request: then it is held back until its body tells. */
export function mayBeAboutUs({ status, lines }: AnswerHead, { upstream }: AskedUpstream): boolean {
  if (REFUSED.has(status)) return true
  if (!upstream.startsWith('http:')) return false
  if (status === 400) return !(valueOf(lines, 'content-type') ?? '').includes('json')
  return status >= 300 && status < 400 && leadsToTls(lines, upstream)
}

/**
 * What an answer that may be about Latchkey says of it; undefined when it is about the request. A status of the upstream's own must
 * not pass for ours: the app would tell its person that Latchkey's key is wrong.
 */
export function verdictOf({ status }: AnswerHead, body: Buffer, asked: AskedUpstream): Verdict | undefined {
  if (status === 400) return WANTS_TLS.test(body.toString('latin1')) ? { refused: 'upstream_needs_tls' } : undefined
  if (!REFUSED.has(status)) return { refused: 'upstream_needs_tls' }
  const said = saidIn(body)
  // Ollama's own account, which its cloud models need.
  if (status === 401 && said?.signin_url !== undefined) return { refused: 'upstream_signed_out' }
  const detail = status === 403 ? wordsOf(said?.error, asked.upstreamCredential) : ''
  return { refused: asked.upstreamCredential === null ? 'upstream_wants_key' : 'upstream_refuses_key', detail }
}

function leadsToTls(lines: readonly string[], upstream: string): boolean {
  const to = URL.parse(valueOf(lines, 'location') ?? '')
  return to?.protocol === 'https:' && to.hostname === new URL(upstream).hostname
}

const saidSchema = z.object({
  error: z.union([z.string(), z.object({ message: z.string() }).transform(({ message }) => message)]).optional(),
  signin_url: z.string().optional(),
})

function saidIn(body: Buffer): z.output<typeof saidSchema> | undefined {
  try {
    return saidSchema.safeParse(JSON.parse(body.toString('utf8'))).data
  } catch {
    return undefined
  }
}

/** The upstream's own words, such as that a model needs a subscription; none that could repeat the key it was given. */
function wordsOf(error: string | undefined, credential: string | null): string {
  if (error === undefined || error === '' || credential !== null) return ''
  return ` It says: “${redactSecrets(error.replace(/\s+/g, ' ').slice(0, LONGEST_WORDS))}”`
}
