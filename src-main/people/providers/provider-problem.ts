import { PersonError } from '#shared/text/person-error.ts'
import { PROBLEM_PARTS } from '#shared/text/problem.ts'

interface Parts {
  /** Of the provider. */
  readonly name: string
  readonly url?: string
  readonly issuer?: string
}

const SENTENCES = {
  provider_denied: () => 'The provider did not allow the sign-in, or you cancelled it there. Start it again.',
  provider_failed: () => 'The sign-in at the provider failed. Start it again.',
  provider_mail_unverified: () =>
    'The provider has not verified an e-mail address of this account, and only certain addresses may sign in here. Confirm your address there and try again.',
  provider_mail_domain: () =>
    'The e-mail address of this account is not allowed to sign in here. Choose another account.',
  provider_unreachable: ({ name }) =>
    `Latchkey cannot reach ${name}. Check the provider’s address and this computer’s network.`,
  provider_untrusted: ({ name }) =>
    `Latchkey does not trust the certificate of ${name}. If the provider is yours, set the variable NODE_EXTRA_CA_CERTS to the file of its certificate authority, and restart Latchkey.`,
  provider_needs_tls: ({ name }) =>
    `The issuer of ${name} must begin with https://. Only a provider on this computer can use http://.`,
  provider_issuer_missing: ({ name }) => `The issuer of ${name} is missing. Enter it as the provider shows it.`,
  provider_not_found: ({ name, url }) => `No OpenID provider answers at ${url}. Enter the issuer as ${name} shows it.`,
  provider_issuer_differs: ({ name, issuer }) => `${name} calls itself ${issuer}. Enter exactly this as its issuer.`,
  provider_issuer_for_all: ({ name }) =>
    `This issuer of ${name} accepts accounts of every organisation. Enter the issuer that contains the id of your own.`,
  provider_clock: () =>
    'The clocks of this computer and of the provider differ by more than a minute, so sign-ins are refused. Set the clock of this computer.',
  provider_refuses_address: ({ name, url }) =>
    `${name} does not accept the client ID or the redirect address ${url}. Compare both with what you entered there.`,
  provider_secret_missing: ({ name }) =>
    `The client secret of ${name} is missing. An operator of this Latchkey can enter it in the settings.`,
  provider_secret_for_another: ({ name }) =>
    `The issuer of ${name} was changed, and its client secret is not sent to the new one. Enter the secret again.`,
  provider_secret_wrong: ({ name }) =>
    `${name} does not accept the client ID or the client secret. Enter both again as the provider shows them.`,
  provider_secret_unreadable: ({ name }) => `Latchkey cannot read the stored client secret of ${name}. Enter it again.`,
} as const satisfies Record<string, (parts: Parts) => string>

/** A problem with a provider, in one sentence for the person who signs in or sets it up. */
export function providerProblem(code: keyof typeof SENTENCES, parts: Parts, cause?: unknown): PersonError {
  const named: readonly (keyof Parts)[] = PROBLEM_PARTS[code]
  const own = Object.fromEntries(named.map((name) => [name, parts[name] ?? '']))
  return new PersonError(code, SENTENCES[code](parts), { cause, parts: own })
}
