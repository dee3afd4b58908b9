import { join } from 'node:path'
import type { AppEvent } from '#shared/console-api/events.ts'
import { type NewInvitation, newInvitationSchema } from '#shared/people/invitation.ts'
import { OWNER_ID } from '#shared/people/person-id.ts'
import { type Settings, settingsSchema } from '#shared/settings/settings.ts'
import { openRooms } from '../../src-main/app/rooms.ts'
import { createSignInSide } from '../../src-main/app/sides/sign-in-side.ts'
import { openStore } from '../../src-main/app/store/open-store.ts'
import type { Caller } from '../../src-main/console-api/caller.ts'
import { createLog } from '../../src-main/observability/log.ts'
import { PasswordHashes } from '../../src-main/people/credentials/password-hash.ts'
import { createTempDir } from './temp-dir.ts'

export const ORIGIN = 'https://box.local:11501'
export const VISITOR = { address: '192.168.1.20', userAgent: 'Firefox', origin: ORIGIN }
/** A hash that is good enough for a test of what is around it. */
const QUICK = { ln: 11, r: 8, p: 1 }
export const PASSWORD = 'green tea at noon'

/** Joining and signing in as the app joins them: a real store, and a clock of its own. */
export async function openSignInSide(changes: Partial<Settings> = {}) {
  const dir = await createTempDir()
  const dataDir = join(dir.path, 'data')
  // Goes on only when a test says so.
  const clock = { now: Date.UTC(2026, 10, 1) }
  const settings: Settings = { ...settingsSchema.parse({}), shareConsole: true, consoleUrl: ORIGIN, ...changes }
  const events: AppEvent[] = []
  // How long refusals waited, in ms.
  const waits: number[] = []
  const host = { log: createLog({ write: () => undefined }, 'silent') }
  const now = () => clock.now
  const store = await openStore({
    host: { dataDir, lockDir: dataDir, database: null, log: host.log, version: '0.0.0' },
    now,
    settings: () => settings,
  })
  const shared = {
    host,
    store,
    settings: { read: () => settings },
    now,
    tell: (event: AppEvent) => void events.push(event),
  }
  const consoleOrigins = () => (settings.shareConsole && settings.consoleUrl !== null ? [settings.consoleUrl] : [])
  const rooms = await openRooms({ ...shared, consoleOrigins })
  const hashes = new PasswordHashes(QUICK)
  const side = createSignInSide({ ...shared, rooms, hashes, wait: async (ms) => void waits.push(ms) })
  return {
    ...side,
    rooms,
    store,
    clock,
    settings,
    events,
    waits,
    hashes,
    dataDir,
    invite: (choices: Partial<NewInvitation> = {}) =>
      rooms.invitations.create(newInvitationSchema.parse(choices), OWNER_ID),
    async stop() {
      await rooms.close()
      await store.close()
      await dir.remove()
    },
  }
}
export type SignInTest = Awaited<ReturnType<typeof openSignInSide>>

/** A person who joined with a password. */
export async function joined(side: SignInTest, name: string, choices: Partial<NewInvitation> = {}): Promise<string> {
  const { code } = await side.invite(choices)
  const proven = await side.signIn.join({ code, name, proof: { password: PASSWORD } }, VISITOR)
  if (proven === 'waiting') throw new Error('nobody waits with an invitation')
  return proven.personId
}

/** A page of a person who is signed in. */
export function callerOf(personId: string, changes: Partial<Caller> = {}): Caller {
  return {
    personId,
    role: 'member',
    via: 'sign-in',
    sessionId: 'session_1',
    actor: 'console',
    address: VISITOR.address,
    origin: ORIGIN,
    ...changes,
  }
}
