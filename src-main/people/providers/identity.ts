import type { GivenRole } from '#shared/people/role.ts'
import type { Provider } from '#shared/people/sign-in.ts'
import { providerProblem } from './provider-problem.ts'

/** Who signed in at a provider. */
export interface Identity {
  readonly kind: 'github' | 'oidc'
  /**
   * The issuer and the account's id there. Never the e-mail address: an address can be given to somebody else later, and
   * an account can change its address.
   */
  readonly subject: string
  /** By what the person knows the account, such as an e-mail address. */
  readonly account: string
  readonly name: string
  /** Only an address that the provider has verified. */
  readonly email: string | null
  /** From the provider's `roleClaim`; null if no value of it has a role. */
  readonly role: GivenRole | null
}

/** Throws a PersonError unless the provider's `domains` allow the verified address. Subdomains are other domains. */
export function checkDomain({ name, domains }: Pick<Provider, 'name' | 'domains'>, email: string | null): void {
  if (domains.length === 0) return
  if (email === null) throw providerProblem('provider_mail_unverified', { name })
  const domain = folded(email.slice(email.lastIndexOf('@') + 1))
  if (!domains.some((allowed) => folded(allowed) === domain)) throw providerProblem('provider_mail_domain', { name })
}

/** For comparing e-mail addresses and domains, which are ASCII. */
export function folded(text: string): string {
  return text.toLowerCase()
}
