import { randomBytes } from 'node:crypto'
import { SESSION_HEADER, SESSION_PATH } from '#shared/console-api/console-session.ts'
import { ConsoleSessions } from '../../src-main/headless/console-server/session.ts'

/** A browser's part of a session: it sends the cookie automatically, and the console's pages send the secret. */
export interface HeldSession {
  /** `name=value`. */
  readonly cookie: string
  readonly secret: string
}

/** Sessions that are not stored on disk. */
export function openSessions(dataDir = '/data'): ConsoleSessions {
  const memory = { read: () => new Map(), write: () => undefined }
  return new ConsoleSessions({ now: Date.now, random: randomBytes, dataDir, memory })
}

export function signIn(sessions: ConsoleSessions): HeldSession {
  const outcome = sessions.exchange(sessions.issueToken())
  if ('refused' in outcome) throw new Error(outcome.refused)
  return { cookie: outcome.setCookie.split(';')[0] ?? '', secret: outcome.pageSecret }
}

/** Follows a console's link like its page does. */
export async function signInAt(link: string): Promise<HeldSession> {
  const { origin, hash } = new URL(link)
  const answer = await fetch(`${origin}${SESSION_PATH}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token: hash.replace('#token=', '') }),
  })
  const [cookie = ''] = (answer.headers.get('set-cookie') ?? '').split(';')
  return { cookie, secret: answer.headers.get(SESSION_HEADER) ?? '' }
}

/** The header lines of a request from the console's own pages. */
export function sessionLines({ cookie, secret }: HeldSession): string[] {
  return [`Cookie: ${cookie}`, `${SESSION_HEADER}: ${secret}`]
}
