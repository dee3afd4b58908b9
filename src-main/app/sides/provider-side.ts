import type { Settings } from '#shared/settings/settings.ts'
import type { Host } from '../../base/host.ts'
import type { ConsolePorts } from '../../console-api/ports.ts'
import type { SignIn } from '../../console-server/ports.ts'
import type { Newcomers } from '../../people/providers/ports.ts'
import type { Providers } from '../../people/providers/providers.ts'
import { signInOff } from '../../people/sign-in/sign-in-error.ts'
import type { Rooms } from '../rooms.ts'
import type { SignInSide } from './sign-in-side.ts'

export interface ProviderSideOptions {
  readonly rooms: Pick<Rooms, 'people' | 'credentials' | 'flows'>
  readonly newcomers: Newcomers
  readonly settings: () => Settings
  readonly now: () => number
  readonly host: Pick<Host, 'secretVault' | 'log'>
  /** Where others open the console; null while they cannot. */
  readonly consoleUrl: () => string | null
}

/** The operations of the console on providers, and the sign-in there. */
export interface ProviderSide extends Pick<Providers, 'begin' | 'finish'> {
  readonly ports: ConsolePorts['providers']
}

/** Most people need no provider, so the code and its library are loaded at the first call. */
export function createProviderSide({
  host,
  rooms,
  newcomers,
  settings,
  consoleUrl,
  now,
}: ProviderSideOptions): ProviderSide {
  let loading: Promise<Providers> | undefined
  const load = () => (loading ??= open())
  async function open() {
    const [{ Providers }, { Admission }] = await Promise.all([
      import('../../people/providers/providers.ts'),
      import('../../people/providers/admission.ts'),
    ])
    const admission = new Admission({ accounts: rooms.credentials, persons: rooms.people, newcomers, settings })
    const consoleOrigin = () => {
      const url = consoleUrl()
      return url === null ? null : new URL(url).origin
    }
    return new Providers({
      settings,
      vault: host.secretVault('provider-secrets'),
      flows: rooms.flows,
      consoleOrigin,
      admit: (identity, code, visitor) => admission.admit(identity, code, visitor),
      now,
      log: host.log,
    })
  }
  return {
    ports: {
      list: async () => (await load()).list(),
      setSecret: async (id, secret) => (await load()).setSecret(id, secret),
      check: async (id) => (await load()).check(id),
    },
    begin: async (asked, visitor) => (await load()).begin(asked, visitor),
    finish: async (answer, visitor) => (await load()).finish(answer, visitor),
  }
}

/** All ways to sign in. */
export function createSignIn(local: SignInSide['signIn'], providers: ProviderSide): SignIn {
  return {
    options: () => local.options(),
    password: (given, visitor) => local.password(given, visitor),
    passkeyOptions: (visitor) => local.passkeyOptions(visitor),
    passkey: (given, visitor) => local.passkey(given, visitor),
    look: (code, visitor) => local.look(code, visitor),
    joinOptions: (asked, visitor) => local.joinOptions(asked, visitor),
    join: (join, visitor) => local.join(join, visitor),
    async beginProvider(asked, visitor) {
      if (!local.options().isOn) throw signInOff()
      return providers.begin(asked, visitor)
    },
    finishProvider: (answer, visitor) => providers.finish(answer, visitor),
  }
}
