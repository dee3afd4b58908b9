import { z } from 'zod'
import { type GivenRole, ROLES } from '#shared/people/role.ts'
import type { Provider } from '#shared/people/sign-in.ts'
import { visiblePart } from '#shared/text/visible-text.ts'
import type { Identity } from './identity.ts'

/** What a provider says about an account: an ID token, or the answer of its user info endpoint. */
export type Claims = Readonly<Record<string, unknown>>

const MOST_NAME = 80
/** OpenID Connect Core section 2. */
const MOST_SUBJECT = 255
const mailSchema = z.email().max(254)

/** The claims that the specification requires of an ID token, already checked, with any others. */
export interface IdTokenClaims extends Claims {
  readonly iss: string
  readonly sub: string
}

/** True if the ID token lacks something, so that the user info endpoint must be asked. */
export function lacksClaims(provider: Pick<Provider, 'preset' | 'roleClaim'>, claims: Claims): boolean {
  const isMissing = (name: string) => claimOf(claims, name) === undefined
  const { preset, roleClaim } = provider
  const word = preset === 'entra' ? 'xms_edov' : 'email_verified'
  const names = ['email', word, 'name', ...(roleClaim === null ? [] : [roleClaim])]
  return names.some(isMissing)
}

/** `more`: the answer of the user info endpoint about the same account, or null. Throws for an id that is too long. */
export function identityOf(provider: Provider, token: IdTokenClaims, more: Claims | null): Identity {
  if (token.sub.length > MOST_SUBJECT) throw new Error('the account’s id is too long')
  const sources = more === null ? [token] : [token, more]
  const email = verifiedMail(provider, sources)
  const text = (name: string) => sources.map((claims) => textOf(claims[name])).find((found) => found !== '') ?? ''
  const account = email ?? (text('preferred_username') || text('email') || textOf(token.sub) || 'account')
  return {
    kind: 'oidc',
    subject: `${token.iss} ${token.sub}`,
    account,
    name: text('name') || text('nickname') || text('preferred_username') || account.replace(/(?<=.)@.*/s, ''),
    email,
    role: roleOf(provider, sources),
  }
}

/** Empty if it is no text. */
export function textOf(claim: unknown): string {
  return typeof claim === 'string' ? visiblePart(claim, MOST_NAME) : ''
}

/** undefined unless it is a valid address. */
export function mailOf(claim: unknown): string | undefined {
  return mailSchema.safeParse(claim).data
}

/**
 * The address and the word that it is verified must come from the same source: another source may mean another address.
 * Some providers write the word as a text.
 */
function verifiedMail({ preset }: Provider, sources: readonly Claims[]): string | null {
  const source = sources.find((claims) => claims['email'] !== undefined && isVerifiedIn(claims, preset) !== undefined)
  if (source === undefined || isVerifiedIn(source, preset) !== true) return null
  return mailOf(source['email']) ?? null
}

/**
 * Entra ID has no `email_verified`: anybody with a tenant of their own can enter any address there. It says by the
 * optional claim `xms_edov` that the owner of the address's domain has been verified.
 * https://learn.microsoft.com/en-us/entra/identity-platform/optional-claims-reference
 */
function isVerifiedIn(claims: Claims, preset: Provider['preset']): boolean | undefined {
  const said = claims['email_verified'] ?? (preset === 'entra' ? claims['xms_edov'] : undefined)
  if (said === undefined) return undefined
  return [true, 'true', ...(preset === 'entra' ? [1, '1'] : [])].includes(said as string)
}

/** The highest role that a value of the claim gives. */
function roleOf({ roleClaim, roles }: Provider, sources: readonly Claims[]): GivenRole | null {
  if (roleClaim === null) return null
  const claim = sources.map((claims) => claimOf(claims, roleClaim)).find((found) => found !== undefined)
  const values = Array.isArray(claim) ? claim : [claim]
  const given = roles.filter(({ value }) => values.includes(value)).map(({ role }) => role)
  return given.toSorted((a, b) => ROLES.indexOf(a) - ROLES.indexOf(b))[0] ?? null
}

/** A claim by its name, or by a path such as Keycloak's `realm_access.roles`. Names can contain dots too. */
function claimOf(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name]
  return name.split('.').reduce<unknown>((at, part) => {
    return typeof at === 'object' && at !== null && Object.hasOwn(at, part) ? (at as Claims)[part] : undefined
  }, claims)
}
