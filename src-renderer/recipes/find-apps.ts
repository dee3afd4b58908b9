import { text } from '../text/text.ts'
import { APP_KINDS, type AppKind } from './recipe.ts'
import { APP_IDS, type AppId, POPULAR, RECIPES } from './recipes.ts'

/** Some apps under a heading. */
export interface AppGroup {
  readonly kind: AppKind | 'popular'
  readonly apps: readonly AppId[]
}

/** All apps: the popular ones first, the others by kind and name. */
export function groupedApps(): AppGroup[] {
  const rest = APP_IDS.filter((id) => !POPULAR.includes(id)).sort(byName)
  const kinds = APP_KINDS.map((kind) => ({ kind, apps: rest.filter((id) => RECIPES[id].kind === kind) }))
  return [{ kind: 'popular' as const, apps: POPULAR }, ...kinds].filter(({ apps }) => apps.length > 0)
}

/**
 * The apps that have every word of the search in their name, their other names or their kind. Those whose name begins
 * with it come first.
 */
export function foundApps(search: string): AppId[] {
  const words = folded(search).split(/\s+/).filter(Boolean)
  const begins = (id: AppId) => folded(RECIPES[id].name).startsWith(words[0] ?? '')
  return APP_IDS.filter((id) => words.every((word) => haystack(id).includes(word))).sort(
    (one, other) => Number(begins(other)) - Number(begins(one)) || byName(one, other),
  )
}

function haystack(id: AppId): string {
  const { name, aliases, kind } = RECIPES[id]
  return folded([name, ...aliases, text.recipes.kinds[kind]].join(' '))
}

/** Without case and accents: people type neither. */
function folded(words: string): string {
  return words.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

function byName(one: AppId, other: AppId): number {
  return RECIPES[one].name.localeCompare(RECIPES[other].name, 'en', { sensitivity: 'base' })
}
