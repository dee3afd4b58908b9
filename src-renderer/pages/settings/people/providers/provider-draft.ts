import { type Provider, providerSchema } from '#shared/people/sign-in.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { parseInput } from '#shared/text/input-sentence.ts'
import { call } from '../../../../api/client.ts'
import { freshId, knownIssuer, PRESETS } from './presets.ts'

/** The fields of the dialog. Empty texts are left out. */
export interface ProviderDraft {
  preset: Provider['preset']
  name: string
  issuer: string
  clientId: string
  /** Empty: the secret stays as it is. */
  secret: string
  domains: string[]
  roleClaim: string
  roles: Provider['roles']
}

export function providerDraftOf(provider: Provider | undefined): ProviderDraft {
  return {
    preset: provider?.preset ?? 'google',
    name: provider?.name ?? PRESETS.google.name,
    issuer: provider === undefined ? knownIssuer('google') : (provider.issuer ?? ''),
    clientId: provider?.clientId ?? '',
    secret: '',
    domains: provider?.domains ?? [],
    roleClaim: provider?.roleClaim ?? '',
    roles: provider?.roles ?? [],
  }
}

/** The draft with another service chosen, whose name and issuer replace those of the service before. */
export function withPreset(draft: ProviderDraft, preset: Provider['preset']): ProviderDraft {
  return { ...draft, preset, name: PRESETS[preset].name, issuer: knownIssuer(preset) }
}

/**
 * Saves the provider in the settings, then its secret, which goes nowhere else. Rejects with an `InvalidInput` or an
 * `ApiError`.
 */
export async function saveProvider(draft: ProviderDraft, settings: Settings, editing: Provider | undefined) {
  const others = settings.providers.filter(({ id }) => id !== editing?.id)
  const id =
    editing?.id ??
    freshId(
      draft.name,
      others.map((other) => other.id),
    )
  const provider = parseInput(providerSchema, { ...fieldsOf(draft), id })
  const place = editing === undefined ? -1 : settings.providers.findIndex((other) => other.id === editing.id)
  const providers = place < 0 ? [...others, provider] : settings.providers.with(place, provider)
  await call('PATCH /api/settings', { providers })
  if (draft.secret !== '') await call('PUT /api/providers/:id/secret', { secret: draft.secret }, id)
  return provider
}

function fieldsOf({ preset, name, issuer, clientId, domains, roleClaim, roles }: ProviderDraft) {
  const claim = roleClaim.trim()
  return {
    preset,
    name,
    issuer: preset === 'github' ? null : issuer.trim(),
    clientId,
    domains,
    roleClaim: claim === '' ? null : claim,
    roles: claim === '' ? [] : roles.filter(({ value }) => value !== ''),
  }
}
