import { DEFAULT_SCOPES, type Scope } from '#shared/keys/scopes.ts'

/**
 * How an app wants its address: the gateway's own (`base`), OpenAI's (`v1`, `v1-chat`), or, for apps without a field
 * for a key, with the key as a path prefix or as a host label.
 */
export type AddressForm = 'base' | 'v1' | 'v1-chat' | 'key-in-path' | 'key-in-host'

export type AppKind = 'extension' | 'browser' | 'notes' | 'editor' | 'launcher' | 'web' | 'other'

/** A field of the app's form, under the app's own name for it, which it does not translate. */
export interface AppField {
  readonly label: string
  /** What is pasted there; or what it shows, for those that stand around. */
  readonly takes: 'address' | 'key' | { readonly shows: string }
}

export interface Recipe {
  readonly kind: AppKind
  readonly address: AddressForm
  readonly scopes: readonly Scope[]
  /** In the order in which the app shows them; empty where nobody knows. */
  readonly fields: readonly AppField[]
}

const BASE_URL: AppField = { label: 'Base URL', takes: 'address' }
const API_KEY: AppField = { label: 'API Key', takes: 'key' }

/** Where each app takes a key. Read from the apps' own source code and settings, August 2026. */
export const RECIPES = {
  'page-assist': {
    kind: 'extension',
    address: 'v1',
    scopes: DEFAULT_SCOPES,
    fields: [{ label: 'Provider Name', takes: { shows: 'Latchkey' } }, BASE_URL, API_KEY],
  },
  chatgptbox: {
    kind: 'extension',
    address: 'base',
    scopes: DEFAULT_SCOPES,
    fields: [
      { label: 'API Mode', takes: { shows: 'Ollama' } },
      { label: 'Ollama Endpoint', takes: 'address' },
      API_KEY,
    ],
  },
  // URL only: it has no field for a key.
  lumos: {
    kind: 'extension',
    address: 'key-in-path',
    scopes: DEFAULT_SCOPES,
    fields: [{ label: 'Ollama Host', takes: 'address' }],
  },
  // It drops the path of the URL, so that only a host label gets through.
  nativemind: {
    kind: 'extension',
    address: 'key-in-host',
    scopes: DEFAULT_SCOPES,
    fields: [{ label: 'Server Address', takes: 'address' }],
  },
  // Its Ollama type sends no key; its OpenAI type sends one.
  'ollama-client': { kind: 'extension', address: 'v1', scopes: DEFAULT_SCOPES, fields: [BASE_URL, API_KEY] },
  // It wants the whole URL of the endpoint.
  'brave-leo': {
    kind: 'browser',
    address: 'v1-chat',
    scopes: DEFAULT_SCOPES,
    fields: [
      { label: 'Label', takes: { shows: 'Latchkey' } },
      { label: 'Model request name', takes: { shows: 'llama3.2' } },
      { label: 'Server endpoint', takes: 'address' },
      API_KEY,
    ],
  },
  'obsidian-copilot': {
    kind: 'notes',
    address: 'v1',
    scopes: DEFAULT_SCOPES,
    fields: [{ label: 'Provider', takes: { shows: 'OpenAI Format' } }, BASE_URL, API_KEY],
  },
  continue: {
    kind: 'editor',
    address: 'base',
    scopes: DEFAULT_SCOPES,
    fields: [
      { label: 'provider:', takes: { shows: 'ollama' } },
      { label: 'apiBase:', takes: 'address' },
      { label: 'apiKey:', takes: 'key' },
    ],
  },
  // Its field for the address bears the title "Model", a slip of the app.
  raycast: {
    kind: 'launcher',
    address: 'base',
    scopes: DEFAULT_SCOPES,
    fields: [
      { label: 'Name', takes: { shows: 'Latchkey' } },
      { label: 'Model', takes: 'address' },
      { label: 'Authentication', takes: { shows: 'Bearer' } },
      { label: 'Token', takes: 'key' },
    ],
  },
  'open-webui': {
    kind: 'web',
    address: 'base',
    scopes: DEFAULT_SCOPES,
    fields: [
      { label: 'URL', takes: 'address' },
      { label: 'Key', takes: 'key' },
    ],
  },
  // It has no field for a key, and takes the path of the address along (envconfig/config.go: Host).
  'ollama-cli': {
    kind: 'other',
    address: 'key-in-path',
    scopes: DEFAULT_SCOPES,
    fields: [{ label: 'OLLAMA_HOST', takes: 'address' }],
  },
  other: { kind: 'other', address: 'base', scopes: DEFAULT_SCOPES, fields: [] },
} as const satisfies Record<string, Recipe>

export type RecipeId = keyof typeof RECIPES
