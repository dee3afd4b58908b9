import { createHash } from 'node:crypto'
import { CHECK_SCRIPT } from './check-script.ts'
import { STYLE } from './style.ts'

/**
 * Headers of a page. It loads nothing, and nothing of it is kept. `checked`: the origin that the check may ask; without one
 * there is no script.
 */
export function pageHeaders(language: string, checked: string | undefined): Record<string, string> {
  const check = checked === undefined ? [] : [`script-src '${hashOf(CHECK_SCRIPT)}'`, `connect-src ${checked}`]
  return {
    ...FILE_HEADERS,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Language': language,
    'Content-Security-Policy': [
      "default-src 'none'",
      `style-src '${hashOf(STYLE)}'`,
      ...check,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'X-Frame-Options': 'DENY',
  }
}

export const FILE_HEADERS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  // Pages of other sites may not learn from these answers that there is a Latchkey here.
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
