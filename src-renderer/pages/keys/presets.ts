import type { Scope } from '#shared/keys/scopes.ts'

export type Preset = 'chat' | 'models' | 'all' | 'custom'

export const PRESETS: Record<Exclude<Preset, 'custom'>, readonly Scope[]> = {
  chat: ['chat'],
  models: ['chat', 'models'],
  all: ['all'],
}

/** The preset that stands for these scopes, whatever their order. */
export function presetOf(scopes: readonly Scope[]): Preset {
  const found = Object.entries(PRESETS).find(
    ([, preset]) => preset.length === scopes.length && preset.every((scope) => scopes.includes(scope)),
  )
  return (found?.[0] as Preset | undefined) ?? 'custom'
}
