import { createHash } from 'node:crypto'
import type { Settings } from '#shared/settings/settings.ts'
import type { AppAnswer, AppRequest } from '../ports.ts'
import { type PageText, pageLanguage, pageText } from '../text/page-text.ts'

/** How often a waiting page reloads to check for the answer. */
const LOOK_SECONDS = 2

const STYLE = `:root{color-scheme:light dark;font:1.1rem/1.5 system-ui,sans-serif}
body{max-width:32rem;margin:15vh auto 0;padding:0 1.5rem;text-align:center}
p.code{font:600 3rem/1.2 ui-monospace,monospace;letter-spacing:.1em;margin:2rem 0}`

/** The page only shows text: no script, no form, no frame, no loaded content. The person consents in Latchkey. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "frame-ancestors 'none'",
  "form-action 'none'",
  "base-uri 'none'",
].join('; ')

const HEADERS = [
  'Content-Security-Policy',
  POLICY,
  'X-Frame-Options',
  'DENY',
  'X-Content-Type-Options',
  'nosniff',
  // The page's URL contains the app's challenge and state.
  'Referrer-Policy',
  'no-referrer',
  'Cross-Origin-Resource-Policy',
  'same-origin',
  'Cache-Control',
  'no-store',
]

export type MessageName = keyof Omit<PageText, 'waiting'>

export interface PageWriter {
  /** Shows the code and reloads regularly. */
  waiting(request: AppRequest, code: string): AppAnswer
  /** One heading and one sentence. */
  message(request: AppRequest, status: number, name: MessageName): AppAnswer
}

/** The pages of the code grant, in the language of the settings or of the browser. */
export function createPages(language: () => Settings['language']): PageWriter {
  const page = (request: AppRequest, name: keyof PageText, code = '') => {
    const chosen = pageLanguage(language(), request.language)
    return pageOf(chosen, pageText(chosen)[name], code)
  }
  return {
    waiting: (request, code) => html(200, page(request, 'waiting', code), ['Refresh', String(LOOK_SECONDS)]),
    message: (request, status, name) => html(status, page(request, name)),
  }
}

/** Redirects the browser with the answer. */
export function redirect(location: string): AppAnswer {
  return { status: 303, headers: [...HEADERS, 'Location', location], body: '', isReadable: false }
}

function html(status: number, body: string, headers: readonly string[] = []): AppAnswer {
  const all = ['Content-Type', 'text/html; charset=utf-8', ...HEADERS, ...headers]
  return { status, headers: all, body, isReadable: false }
}

/** Every part is Latchkey's own text, so only its ampersands need escaping. */
function pageOf(language: string, { title, text }: PageText[keyof PageText], code: string): string {
  const shown = code === '' ? '' : `<p class="code">${code}</p>`
  return `<!doctype html><html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${STYLE}</style><body><h1>${escaped(title)}</h1>${shown}<p>${escaped(text)}</p></body></html>`
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;')
}
