import type { AppKind } from './recipe.ts'
import { APP_GROUPS, APP_IDS, type AppGroupId, type AppId, POPULAR, RECIPES } from './recipes.ts'

/** Some apps under a heading. */
export interface AppGroup {
  readonly group: AppGroupId | 'popular'
  readonly apps: readonly AppId[]
}

/** All apps: the popular ones first, the others by group and name. */
export function groupedApps(): AppGroup[] {
  const groups = APP_GROUPS.map(({ group, apps }) => ({
    group,
    apps: apps.filter((id) => !POPULAR.includes(id)).sort(byName),
  }))
  return [{ group: 'popular', apps: POPULAR }, ...groups]
}

/**
 * The apps that have every word of the search in their name, their other names or their kind, as the person reads
 * it. Those whose name begins with it come first.
 */
export function foundApps(search: string, kindName: (kind: AppKind) => string): AppId[] {
  const words = folded(search).split(/\s+/).filter(Boolean)
  const begins = (id: AppId) => folded(RECIPES[id].name).startsWith(words[0] ?? '')
  return APP_IDS.filter((id) => words.every((word) => haystack(id, kindName).includes(word))).sort(
    (one, other) => Number(begins(other)) - Number(begins(one)) || byName(one, other),
  )
}

function haystack(id: AppId, kindName: (kind: AppKind) => string): string {
  const { name, aliases, kind } = RECIPES[id]
  return folded([name, ...aliases, kindName(kind)].join(' '))
}

/** Without case and accents: people type neither. */
function folded(words: string): string {
  return words.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

function byName(one: AppId, other: AppId): number {
  return RECIPES[one].name.localeCompare(RECIPES[other].name, 'en', { sensitivity: 'base' })
}
