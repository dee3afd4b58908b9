import type { Scope } from './scopes.ts'

export type Preset = 'chat' | 'models' | 'all' | 'custom'

/** The choices that fit almost every key. `custom` is any other set of scopes. */
export const PRESETS: Record<Exclude<Preset, 'custom'>, readonly Scope[]> = {
  chat: ['chat'],
  models: ['chat', 'models'],
  all: ['all'],
}

/** The preset with these scopes, whatever their order. */
export function presetOf(scopes: readonly Scope[]): Preset {
  const found = Object.entries(PRESETS).find(
    ([, preset]) => preset.length === scopes.length && preset.every((scope) => scopes.includes(scope)),
  )
  return (found?.[0] as Preset | undefined) ?? 'custom'
}
