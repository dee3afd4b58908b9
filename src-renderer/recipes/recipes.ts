import { DEFAULT_SCOPES, type Scope } from '#shared/scopes.ts'

/**
 * How an app wants its address: the gateway's own (`base`), OpenAI's (`v1`, `v1-chat`), or, for apps without a field
 * for a key, with the key as a path prefix or as a host label.
 */
export type AddressForm = 'base' | 'v1' | 'v1-chat' | 'key-in-path' | 'key-in-host'

export type AppKind = 'extension' | 'browser' | 'notes' | 'editor' | 'launcher' | 'web' | 'other'

export interface Recipe {
  readonly kind: AppKind
  readonly address: AddressForm
  readonly scopes: readonly Scope[]
}

/** Where each app takes a key. Read from the apps' own source code and settings, August 2026. */
export const RECIPES = {
  'page-assist': { kind: 'extension', address: 'v1', scopes: DEFAULT_SCOPES },
  chatgptbox: { kind: 'extension', address: 'base', scopes: DEFAULT_SCOPES },
  // URL only: it has no field for a key.
  lumos: { kind: 'extension', address: 'key-in-path', scopes: DEFAULT_SCOPES },
  // It drops the path of the URL, so that only a host label gets through.
  nativemind: { kind: 'extension', address: 'key-in-host', scopes: DEFAULT_SCOPES },
  'ollama-client': { kind: 'extension', address: 'v1', scopes: DEFAULT_SCOPES },
  // It wants the whole URL of the endpoint.
  'brave-leo': { kind: 'browser', address: 'v1-chat', scopes: DEFAULT_SCOPES },
  'obsidian-copilot': { kind: 'notes', address: 'v1', scopes: DEFAULT_SCOPES },
  continue: { kind: 'editor', address: 'base', scopes: DEFAULT_SCOPES },
  raycast: { kind: 'launcher', address: 'base', scopes: DEFAULT_SCOPES },
  'open-webui': { kind: 'web', address: 'base', scopes: DEFAULT_SCOPES },
  other: { kind: 'other', address: 'base', scopes: DEFAULT_SCOPES },
} as const satisfies Record<string, Recipe>

export type RecipeId = keyof typeof RECIPES
