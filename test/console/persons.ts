import type { ConsoleInput, ConsoleOutput, ConsoleRoute } from '#shared/console-api/console-api.ts'
import { CONSOLE_API } from '#shared/console-api/console-api.ts'
import type { IssuedKey, NewKeyInput } from '#shared/keys/key.ts'
import { OWNER_ID } from '#shared/people/person-id.ts'
import type { GivenRole } from '#shared/people/role.ts'
import type { Caller } from '../../src-main/console-api/caller.ts'
import { OWNER_AT_WINDOW } from '../../src-main/console-api/caller.ts'
import { requestOf, type StartedApp } from './started-app.ts'

/** Somebody who has signed in, with a key of theirs. */
export interface SignedIn {
  readonly caller: Caller
  readonly id: string
  readonly key: IssuedKey
  /** One request to the console's handler; `path` with its query. */
  ask(path: string, init?: RequestInit): Promise<Response>
  send<R extends ConsoleRoute>(route: R, input: ConsoleInput<R>, id?: string): Promise<Response>
  /** Calls a route that must answer 200. */
  call<R extends ConsoleRoute>(route: R, input: ConsoleInput<R>, id?: string): Promise<ConsoleOutput<R>>
}

/** Adds a person with a key, and signs them in from another device. */
export async function signIn(
  started: StartedApp,
  role: GivenRole,
  name: string,
  key: Partial<NewKeyInput> = {},
): Promise<SignedIn> {
  const { id } = await started.call('POST /api/people', { name, role })
  const issued = await started.call('POST /api/keys', { name: `Key of ${name}`, person: id, ...key })
  const way = { via: 'sign-in', sessionId: `session of ${name}`, address: '192.168.1.7' } as const
  const caller: Caller = { ...OWNER_AT_WINDOW, ...way, personId: id, role }
  return { ...asCaller(started, caller), id, key: issued }
}

/** The owner, at the window. */
export async function ownerWithKey(started: StartedApp): Promise<SignedIn> {
  const key = await started.call('POST /api/keys', { name: 'Key of the owner' })
  return { ...asCaller(started, OWNER_AT_WINDOW), id: OWNER_ID, key }
}

export function asCaller(started: StartedApp, caller: Caller): Omit<SignedIn, 'id' | 'key'> {
  const ask = (path: string, init?: RequestInit) =>
    started.app.console(new Request(`http://console${path}`, init), caller)
  const send: SignedIn['send'] = (route, input, id = '') => ask(...requestOf(route, input, id))
  return {
    caller,
    ask,
    send,
    call: async (route, input, id) => {
      const response = await send(route, input, id)
      if (response.status !== 200) throw new Error(`${route}: ${response.status} ${await response.text()}`)
      return CONSOLE_API[route].output.parse(await response.json()) as ConsoleOutput<typeof route>
    },
  }
}
