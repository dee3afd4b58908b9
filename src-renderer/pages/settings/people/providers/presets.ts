import type { Provider } from '#shared/people/sign-in.ts'
import { peopleText } from '../../../../text/people-text.ts'

type Preset = Provider['preset']

interface PresetFacts {
  /** On the button; empty: the operator names it. */
  readonly name: string
  /** The issuer, or how it looks; null for GitHub, which has none. */
  readonly issuer: { readonly value: string } | { readonly example: string } | null
}

/** What is known about each service before anything is entered. Issuers as each service documents them. */
export const PRESETS: Readonly<Record<Preset, PresetFacts>> = {
  google: { name: 'Google', issuer: { value: 'https://accounts.google.com' } },
  github: { name: 'GitHub', issuer: null },
  entra: { name: 'Microsoft', issuer: { example: 'https://login.microsoftonline.com/TENANT/v2.0' } },
  okta: { name: 'Okta', issuer: { example: 'https://EXAMPLE.okta.com' } },
  keycloak: { name: 'Keycloak', issuer: { example: 'https://keycloak.example/realms/REALM' } },
  authentik: { name: 'Authentik', issuer: { example: 'https://authentik.example/application/o/latchkey/' } },
  other: { name: '', issuer: { example: 'https://sign-in.example' } },
}

export const PRESET_CHOICES = (Object.keys(PRESETS) as Preset[]).map((value) => ({
  value,
  label: PRESETS[value].name === '' ? peopleText.providers.other : PRESETS[value].name,
}))

/** The issuer of a preset that has only one; otherwise empty. */
export function knownIssuer(preset: Preset): string {
  const { issuer } = PRESETS[preset]
  return issuer !== null && 'value' in issuer ? issuer.value : ''
}

/** An id that no other provider has, made of a name: `my-company-2`. */
export function freshId(name: string, taken: readonly string[]): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
  const base = plain.replace(/^-+/, '').slice(0, 28).replace(/-+$/, '') || 'service'
  const numbered = (count: number) => (count === 1 ? base : `${base}-${count}`)
  let count = 1
  while (taken.includes(numbered(count))) count += 1
  return numbered(count)
}
