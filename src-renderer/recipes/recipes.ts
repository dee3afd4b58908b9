import { DEFAULT_SCOPES } from '#shared/keys/scopes.ts'
import type { Recipe } from './recipe.ts'
import { BROWSERS } from './table/browsers.ts'
import { CHAT_APPS } from './table/chat-apps.ts'
import { EDITORS } from './table/editors.ts'
import { HOME } from './table/home.ts'
import { LIBRARIES } from './table/libraries.ts'
import { TERMINAL } from './table/terminal.ts'

/** The headings of the list, in its order, and the apps under each. */
const GROUPS = {
  browsers: BROWSERS,
  chat: CHAT_APPS,
  editors: EDITORS,
  terminal: TERMINAL,
  libraries: LIBRARIES,
  home: HOME,
}
export type AppGroupId = keyof typeof GROUPS

/** Every app whose way in is known, one row each. A row that lacks something does not compile. */
const APPS = { ...BROWSERS, ...CHAT_APPS, ...EDITORS, ...TERMINAL, ...LIBRARIES, ...HOME }

export type AppId = keyof typeof APPS
/** An app, or `other` for one that has no row. */
export type RecipeId = AppId | 'other'

export const APP_IDS = Object.keys(APPS) as AppId[]

export const APP_GROUPS = Object.entries(GROUPS).map(([group, apps]) => ({
  group: group as AppGroupId,
  apps: Object.keys(apps) as AppId[],
}))

/** The most wanted apps, in this order. The list shows them before the groups. */
export const POPULAR: readonly AppId[] = [
  'page-assist',
  'open-webui',
  'chatbox',
  'cherry-studio',
  'anythingllm',
  'continue',
  'vscode',
  'claude-code',
  'home-assistant',
]

/** For an app without a row: the page says what to try. */
const OTHER: Recipe = {
  name: '',
  aliases: [],
  kind: 'other',
  address: 'base',
  scopes: DEFAULT_SCOPES,
  handover: 'steps',
  steps: [],
  source: '',
  version: '',
  verified: { by: 'documentation' },
}

export const RECIPES: Readonly<Record<RecipeId, Recipe>> = { ...APPS, other: OTHER }

export function isRecipeId(id: string): id is RecipeId {
  return Object.hasOwn(RECIPES, id)
}
