import { SESSION_HEADER } from '#shared/console-api/console-session.ts'
import { type HeldSession, signInAt } from '../support/console-session.ts'
import { type StartedApp, startApp } from './started-app.ts'

export interface OpenedConsole {
  readonly app: StartedApp
  /** The owner's session, by the link. */
  readonly owner: HeldSession
  /** A request of a page of the console, with the session if there is one. */
  send(method: string, path: string, body?: object, held?: HeldSession): Promise<Response>
}

/** An app with a console on a port of its own. */
export async function openConsole(): Promise<OpenedConsole> {
  const app = await startApp()
  await app.app.openConsole({ port: 0, behindProxy: [] })
  const link = app.app.consoleLink()
  const { origin } = new URL(link)
  return {
    app,
    owner: await signInAt(link),
    send: (method, path, body, held) =>
      fetch(`${origin}${path}`, {
        method,
        headers: {
          Origin: origin,
          'Content-Type': 'application/json',
          ...(held === undefined ? {} : { Cookie: held.cookie, [SESSION_HEADER]: held.secret }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  }
}
