import { randomBytes } from 'node:crypto'
import { SESSION_HEADER, SESSION_PATH } from '#shared/console-api/console-session.ts'
import { OWNER_ID } from '#shared/people/person-id.ts'
import type { Role } from '#shared/people/role.ts'
import type { SessionStore, StoredSession } from '../../src-main/people/sessions/ports.ts'
import { Sessions, type SessionsOptions } from '../../src-main/people/sessions/sessions.ts'
import { useAlways } from './summed-store.ts'

/** A browser's part of a session: it sends the cookie automatically, and the console's pages send the secret. */
export interface HeldSession {
  /** `name=value`. */
  readonly cookie: string
  readonly secret: string
}

/** Persons of a test, by id: the owner, and whoever it adds or changes. */
export type TestPersons = Map<string, { role: Role; isActive: boolean }>

export interface TestSessions {
  readonly sessions: Sessions
  readonly persons: TestPersons
  readonly store: MemorySessionStore
}

/** Real sessions over rows in memory. */
export async function openSessions(options: Partial<SessionsOptions> = {}): Promise<TestSessions> {
  const persons: TestPersons = new Map([[OWNER_ID, { role: 'owner', isActive: true }]])
  const store = new MemorySessionStore()
  const sessions = await Sessions.open({
    store,
    tokens: null,
    use: useAlways,
    personOf: (id) => persons.get(id),
    hasWayIn: () => true,
    now: Date.now,
    randomBytes,
    log: { warn: () => undefined },
    onChanged: () => undefined,
    ...options,
  })
  return { sessions, persons, store }
}

/** Stands for the table of sessions, with a switch that makes every write fail as a full disk would. */
export class MemorySessionStore implements SessionStore {
  readonly rows = new Map<string, StoredSession>()
  diskFull = false

  async load(): Promise<StoredSession[]> {
    return structuredClone([...this.rows.values()])
  }

  async put(session: StoredSession): Promise<void> {
    this.#check()
    this.rows.set(session.id, structuredClone(session))
  }

  async touch(seen: ReadonlyMap<string, number>): Promise<void> {
    this.#check()
    for (const [id, seenAt] of seen) {
      const row = this.rows.get(id)
      if (row !== undefined) this.rows.set(id, { ...row, seenAt })
    }
  }

  async remove(ids: readonly string[]): Promise<void> {
    this.#check()
    for (const id of ids) this.rows.delete(id)
  }

  async replaceAll(sessions: readonly StoredSession[]): Promise<void> {
    this.#check()
    this.rows.clear()
    for (const session of sessions) this.rows.set(session.id, session)
  }

  #check(): void {
    if (this.diskFull) throw new Error('database or disk is full')
  }
}

/** Follows a console's link like its page does. */
export async function signInAt(link: string): Promise<HeldSession> {
  const { origin, hash } = new URL(link)
  const answer = await fetch(`${origin}${SESSION_PATH}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token: hash.replace('#token=', '') }),
  })
  return heldFrom(answer)
}

/** The session in an answer that opens one. */
export function heldFrom({ headers }: { readonly headers: Pick<Headers, 'get'> }): HeldSession {
  const [cookie = ''] = (headers.get('set-cookie') ?? '').split(';')
  return { cookie, secret: headers.get(SESSION_HEADER) ?? '' }
}

/** The header lines of a request from the console's own pages. */
export function sessionLines({ cookie, secret }: HeldSession): string[] {
  return [`Cookie: ${cookie}`, `${SESSION_HEADER}: ${secret}`]
}
