import type { PEOPLE_API } from '#shared/console-api/people-api.ts'
import type { ConsolePorts } from './ports.ts'
import type { Handlers } from './route-handlers.ts'

const DONE = { done: true } as const

/** The handlers of `PEOPLE_API`. */
export function createPeopleHandlers(ports: ConsolePorts): Pick<Handlers, keyof typeof PEOPLE_API> {
  const { people, invitations, providers, me } = ports
  return {
    'GET /api/people': () => people.list(),
    'POST /api/people': (person) => people.create(person),
    'PATCH /api/people/:id': (patch, { id }) => people.change(id, patch),
    'DELETE /api/people/:id': ({ usage }, { id }) => people.remove(id, usage),
    'GET /api/people/quotas': () => ports.quotas(),
    'GET /api/people/:id/sessions': (_, { id }) => people.sessions(id),
    'DELETE /api/people/:id/sessions': async ({ session }, { id }) =>
      (await people.endSessions(id, session)) ? DONE : undefined,
    'POST /api/people/:id/invitations': (recovery, { id }) => invitations.recover(id, recovery),
    'GET /api/invitations': () => invitations.list(),
    'POST /api/invitations': (invitation) => invitations.create(invitation),
    'DELETE /api/invitations/:id': (_, { id }) => invitations.revoke(id),
    'GET /api/providers': () => providers.list(),
    'PUT /api/providers/:id/secret': ({ secret }, { id }) => providers.setSecret(id, secret),
    'POST /api/providers/:id/check': async (_, { id }) => ((await providers.check(id)) ? DONE : undefined),
    'GET /api/me': () => me.read(),
    'PATCH /api/me': (patch) => me.change(patch),
    'PUT /api/me/password': ({ password, current }) => me.setPassword(password, current),
    'POST /api/me/passkeys/options': () => me.passkeyOptions(),
    'POST /api/me/passkeys': (passkey) => me.addPasskey(passkey),
    'DELETE /api/me/credentials/:id': (_, { id }) => me.removeCredential(id),
    'GET /api/me/sessions': () => me.sessions(),
    'DELETE /api/me/sessions/:id': async (_, { id }) => ((await me.endSession(id)) ? DONE : undefined),
    'POST /api/me/sessions/end-others': async () => {
      await me.endOtherSessions()
      return DONE
    },
    'POST /api/me/sign-out': async () => {
      await me.signOut()
      return DONE
    },
  }
}
