import { X509Certificate } from 'node:crypto'
import type { AnswerTrust, AuthorityFacts, TrustAnswer, TrustFacts, TrustRequest } from '../ports.ts'
import { mobileconfig } from './mobileconfig.ts'
import { ownHost } from './own-host.ts'
import { html, Markup } from './page/html.ts'
import { FILE_HEADERS, pageHeaders } from './page/policy.ts'
import { STYLE } from './page/style.ts'
import { contentOf } from './page/trust-page.ts'
import { recognise } from './systems/recognise.ts'
import { acceptedLanguage, trustText } from './text/trust-text.ts'

/**
 * Answers with the page by which another device comes to trust the authority, and with its certificate. An answer contains
 * nothing of the request: its headers only choose among Latchkey's own texts, systems and addresses.
 */
export const answerTrust: AnswerTrust = (request, facts) => {
  switch (request.path) {
    case '/trust':
    case '/trust/':
      return page(request, facts)
    case '/trust/check':
      return check()
    case '/trust/latchkey.crt':
      return file(facts, 'application/x-x509-ca-cert', 'latchkey.crt', ({ der }) => der)
    case '/trust/latchkey.pem':
      return file(facts, 'application/x-pem-file', 'latchkey.pem', ({ pem }) => `${pem.trimEnd()}\n`)
    case '/trust/latchkey.mobileconfig':
      return file(facts, 'application/x-apple-aspen-config', 'latchkey.mobileconfig', (authority) =>
        profile(request, facts, authority),
      )
    default:
      return undefined
  }
}

function page(request: TrustRequest, facts: TrustFacts): TrustAnswer {
  const language = acceptedLanguage(request.acceptLanguage)
  const host = ownHost(request.host, facts)
  const { title, content } = contentOf({
    text: trustText(language),
    facts,
    host,
    isSecure: request.isSecure,
    time: request.time,
    own: recognise(request.userAgent),
    certificate: facts.tls === 'authority' ? { name: nameOf(facts.der), fingerprint: facts.fingerprint } : undefined,
  })
  const isChecked = facts.tls === 'authority' && !request.isSecure
  const body = html`<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${new Markup(STYLE)}</style></head><body><main><h1>${title}</h1>${content}</main></body></html>`
  return {
    status: 200,
    headers: pageHeaders(language, isChecked ? `https://${host.authority}` : undefined),
    body: body.text,
  }
}

/** The page of another scheme asks for it without CORS, and learns only that TLS works. */
function check(): TrustAnswer {
  const headers = { ...FILE_HEADERS, 'Content-Type': 'text/plain', 'Cross-Origin-Resource-Policy': 'cross-origin' }
  return { status: 200, headers, body: 'Latchkey answers.\n' }
}

function file(
  facts: TrustFacts,
  type: string,
  name: string,
  body: (authority: AuthorityFacts) => string | Uint8Array,
): TrustAnswer | undefined {
  if (facts.tls !== 'authority') return undefined
  const headers = { ...FILE_HEADERS, 'Content-Type': type, 'Content-Disposition': `attachment; filename="${name}"` }
  return { status: 200, headers, body: body(facts) }
}

function profile(request: TrustRequest, { machine }: TrustFacts, authority: AuthorityFacts): string {
  const { description } = trustText(acceptedLanguage(request.acceptLanguage)).profile
  return mobileconfig({ ...authority, name: nameOf(authority.der), description: description({ machine }) })
}

/** The certificate's common name, under which systems list it. */
function nameOf(der: Uint8Array): string {
  return /^CN=(.*)$/m.exec(new X509Certificate(der).subject)?.[1] ?? 'Latchkey'
}
