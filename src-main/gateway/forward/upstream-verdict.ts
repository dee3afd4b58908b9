import { z } from 'zod'
import type { UpstreamFault } from '#shared/gateway/refusals.ts'
import { redactSecrets } from '#shared/keys/secret.ts'
import { valueOf } from '../head/response-headers.ts'
import type { AnswerHead } from '../transport.ts'

/** The request that the upstream answered. */
export interface AskedUpstream {
  /** The upstream's address. */
  readonly upstream: string
  /** The Authorization value that Latchkey sent, or null. */
  readonly upstreamCredential: string | null
}

// The answers of Go (Ollama, Caddy), nginx and Apache to a plain request on a TLS port.
const WANTS_TLS = /HTTP request (?:was sent )?to (?:an )?HTTPS|speaking plain HTTP to an SSL/i
const LONGEST_WORDS = 200
const REFUSED: ReadonlySet<number> = new Set([401, 403, 407])

interface Verdict {
  readonly refused: UpstreamFault
  readonly detail?: string
}

/** True if an answer may be about Latchkey's access instead of the request. It is then held until its body is read. */
export function mayBeAboutUs({ status, lines }: AnswerHead, { upstream }: AskedUpstream): boolean {
  if (REFUSED.has(status)) return true
  if (!upstream.startsWith('http:')) return false
  if (status === 400) return !(valueOf(lines, 'content-type') ?? '').includes('json')
  return status >= 300 && status < 400 && leadsToTls(lines, upstream)
}

/**
 * The fault that an answer reports about Latchkey's access to the upstream; undefined if it is about the request. The client
 * must not get the upstream's own status: the app would tell its user that Latchkey's key is wrong.
 */
export function verdictOf({ status }: AnswerHead, body: Buffer, asked: AskedUpstream): Verdict | undefined {
  if (status === 400) return WANTS_TLS.test(body.toString('latin1')) ? { refused: 'upstream_needs_tls' } : undefined
  if (!REFUSED.has(status)) return { refused: 'upstream_needs_tls' }
  const said = saidIn(body)
  // Ollama's cloud models require an account at Ollama.
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

/** The upstream's own sentence, such as that a model requires a subscription. Left out if it could repeat Latchkey's key. */
function wordsOf(error: string | undefined, credential: string | null): string {
  if (error === undefined || error === '' || credential !== null) return ''
  return ` It says: “${redactSecrets(error.replace(/\s+/g, ' ').slice(0, LONGEST_WORDS))}”`
}
