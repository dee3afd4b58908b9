import type { SignInMethod } from '#shared/people/session.ts'
import type { Provider } from '#shared/people/sign-in.ts'
import type { StoredCredential } from '#shared/people/stored.ts'
import type { Settings } from '#shared/settings/settings.ts'

export interface WaysIn {
  /** The ways in of a person. */
  readonly of: (personId: string) => readonly Pick<StoredCredential, 'kind' | 'subject'>[]
  readonly settings: () => Pick<Settings, 'localSignIn' | 'providers'>
}

/** True if the person could sign in by this method now. The owner's link needs nothing. */
export function hasWayIn(personId: string, method: SignInMethod, { of, settings }: WaysIn): boolean {
  if (method === 'link') return true
  const { localSignIn, providers } = settings()
  const theirs = of(personId).filter(({ kind }) => kind === method)
  if (method === 'password' || method === 'passkey') return localSignIn && theirs.length > 0
  if (method === 'github') return theirs.length > 0 && providers.some(({ preset }) => preset === 'github')
  return theirs.some((account) => providers.some((provider) => isAt(account, provider)))
}

/** The subject of an account begins with the issuer, as the provider writes it. */
function isAt({ subject }: Pick<StoredCredential, 'subject'>, { issuer }: Provider): boolean {
  const said = URL.parse(subject.slice(0, subject.indexOf(' ')))
  return issuer !== null && said !== null && said.href === URL.parse(issuer)?.href
}
