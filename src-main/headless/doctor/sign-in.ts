import type { SharedConsole } from '#shared/console-api/state.ts'
import type { ListedPerson } from '#shared/people/person.ts'
import type { ProviderState } from '#shared/people/sign-in.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { plural } from '#shared/text/plural.ts'
import { printable } from '../commands/table.ts'
import type { CoreClient } from '../core-client.ts'
import type { Finding } from './finding.ts'

export interface SignInFacts {
  readonly settings: Pick<
    Settings,
    'shareConsole' | 'consoleUrl' | 'registration' | 'localSignIn' | 'ownerEmail' | 'providers'
  >
  readonly shared: SharedConsole
  readonly people: readonly Pick<ListedPerson, 'state'>[]
  readonly providers: readonly Pick<ProviderState, 'hasSecret'>[]
}

export async function examineSignIn(core: CoreClient): Promise<Finding[]> {
  return signInFindings({
    settings: await core.call('GET /api/settings', {}),
    shared: (await core.call('GET /api/state', {})).sharedConsole,
    people: await core.call('GET /api/people', {}),
    providers: await core.call('GET /api/providers', {}),
  })
}

/** What is half configured about people who sign in. None while only the owner uses this Latchkey. */
export function signInFindings(facts: SignInFacts): Finding[] {
  return [
    ...sharedFindings(facts),
    ...addressFindings(facts),
    ...waysInFindings(facts),
    ...joiningFindings(facts),
    ...providerFields(facts.settings.providers),
    ...ownerEmailFindings(facts),
  ]
}

function sharedFindings({ settings, shared: { urls, problem } }: SignInFacts): Finding[] {
  if (problem !== null) {
    const [sentence = '', ...fix] = problem.message.split(/(?<=\.) /)
    return [finding('console', sentence, fix.join(' ') || 'See: latchkey sign-in list')]
  }
  if (!settings.shareConsole || urls.length === 0) return []
  const sentence = `Other devices can open the console at ${urls.join(' and ')}.`
  return [{ check: 'console', ok: true, sentence, fix: null }]
}

/** Sign-in sends passwords and sessions, so it needs https. */
function addressFindings({ settings: { consoleUrl } }: SignInFacts): Finding[] {
  if (consoleUrl === null || consoleUrl.startsWith('https://')) return []
  const sentence = `The console's address for others, ${consoleUrl}, is not used, because it has no https.`
  return [finding('console', sentence, 'Change it with: latchkey settings set consoleUrl https://latchkey.example')]
}

function waysInFindings({ settings, people, providers }: SignInFacts): Finding[] {
  if (people.length < 2 || settings.localSignIn || providers.some(({ hasSecret }) => hasSecret)) return []
  const missing = providers.length === 0 ? 'no provider is set up' : 'no provider has its client secret'
  const sentence = `Only the owner can open the console: passkeys and passwords are off, and ${missing}.`
  const fix = 'Run: latchkey sign-in enable-local, or set up a provider with: latchkey sign-in setup'
  return [finding('sign_in', sentence, fix)]
}

function joiningFindings({ settings: { registration, shareConsole, consoleUrl }, people }: SignInFacts): Finding[] {
  const waiting = people.filter(({ state }) => state === 'pending').length
  const asked = `${plural(waiting, 'person waits', 'people wait')} to be let in.`
  const answer = 'Let them in with: latchkey person resume NAME, or: latchkey person remove NAME --yes'
  const unreachable = 'People can join without an invitation, but other devices cannot open the console.'
  const share = 'Run: latchkey settings set shareConsole on, or: latchkey settings set registration invite'
  return [
    ...(waiting > 0 ? [finding('people', asked, answer)] : []),
    ...(registration !== 'invite' && !shareConsole && consoleUrl === null
      ? [finding('joining', unreachable, share)]
      : []),
  ]
}

/** A claim without values, or values without a claim, give nobody a role. */
function providerFields(providers: Settings['providers']): Finding[] {
  return providers
    .filter(({ roleClaim, roles }) => (roleClaim === null) !== (roles.length === 0))
    .map(({ id, name, roleClaim }) => {
      const [has, lacks] = roleClaim === null ? ['values', 'claim'] : ['a claim', 'values']
      const sentence = `${printable(name)} has ${has} for roles but no ${lacks}, so it gives nobody a role.`
      const option = roleClaim === null ? '--role-claim CLAIM' : '--roles VALUE=ROLE'
      return finding('provider', sentence, `Add it with: latchkey sign-in setup ${id} ${option}`)
    })
}

function ownerEmailFindings({ settings: { ownerEmail, providers } }: SignInFacts): Finding[] {
  if (ownerEmail === null || providers.length > 0) return []
  const sentence = 'The setting ownerEmail has no effect, because no provider is set up.'
  return [finding('sign_in', sentence, 'Set one up with: latchkey sign-in setup')]
}

function finding(check: string, sentence: string, fix: string): Finding {
  return { check, ok: false, sentence, fix }
}
