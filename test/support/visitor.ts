import type { Browser, Page } from 'playwright'
import type { IssuedInvitation, NewInvitation } from '#shared/people/invitation.ts'
import { PATIENCE_MS } from './patience.ts'
import type { Serve } from './serve.ts'

export const PHONE = { width: 390, height: 844 }

interface VisitorOptions {
  locale?: string
  viewport?: { width: number; height: number }
  colorScheme?: 'light' | 'dark'
}

/** A page in a new browser profile, of somebody who has no session. The caller must close its context. */
export async function visit(browser: Browser, url: string, options: VisitorOptions = {}): Promise<Page> {
  const { locale = 'en-GB', viewport = { width: 1280, height: 800 }, colorScheme = 'light' } = options
  const context = await browser.newContext({ locale, viewport, colorScheme, reducedMotion: 'reduce' })
  context.setDefaultTimeout(PATIENCE_MS)
  const page = await context.newPage()
  await page.goto(url)
  return page
}

/** The console at `localhost`: a name, which passkeys need, and secure enough for them. */
export function namedConsole(serve: Serve): string {
  return serve.console.replace(/#.*/, '').replace('127.0.0.1', 'localhost')
}

export async function invite(
  serve: Serve,
  invitation: Partial<NewInvitation> = {},
): Promise<IssuedInvitation & { readonly link: string }> {
  const issued = await serve.call('POST /api/invitations', invitation)
  return { ...issued, link: `${namedConsole(serve)}join#${issued.code}` }
}
