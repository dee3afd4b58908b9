import { activity as activityDe } from './de/activity.ts'
import { connect as connectDe } from './de/connect.ts'
import { exporting as exportingDe } from './de/export.ts'
import { home as homeDe } from './de/home.ts'
import { keys as keysDe } from './de/keys.ts'
import { origins as originsDe } from './de/origins.ts'
import { recipes as recipesDe } from './de/recipes.ts'
import { settings as settingsDe } from './de/settings.ts'
import { shell as shellDe } from './de/shell.ts'
import { tasks as tasksDe } from './de/tasks.ts'
import { tryOut as tryOutDe } from './de/try-out.ts'
import { usage as usageDe } from './de/usage.ts'
import { words as wordsDe } from './de/words.ts'
import { activity } from './en/activity.ts'
import { connect } from './en/connect.ts'
import { exporting } from './en/export.ts'
import { home } from './en/home.ts'
import { keys } from './en/keys.ts'
import { origins } from './en/origins.ts'
import { recipes } from './en/recipes.ts'
import { settings } from './en/settings.ts'
import { shell } from './en/shell.ts'
import { tasks } from './en/tasks.ts'
import { tryOut } from './en/try-out.ts'
import { usage } from './en/usage.ts'
import { words } from './en/words.ts'

const en = { activity, connect, exporting, home, keys, origins, recipes, settings, shell, tasks, tryOut, usage, words }

/** Every text the console shows. Typed by the English one, so that a missing string fails the type check. */
export type Catalogue = typeof en

const de: Catalogue = {
  activity: activityDe,
  connect: connectDe,
  exporting: exportingDe,
  home: homeDe,
  keys: keysDe,
  origins: originsDe,
  recipes: recipesDe,
  settings: settingsDe,
  shell: shellDe,
  tryOut: tryOutDe,
  tasks: tasksDe,
  usage: usageDe,
  words: wordsDe,
}

const CATALOGUES = new Map([
  ['en', en],
  ['de', de],
])

/** The first language the browser prefers and we speak, with its region, for Intl; else English. */
export const locale = navigator.languages.find((tag) => CATALOGUES.has(languageOf(tag))) ?? 'en'

export const text: Catalogue = CATALOGUES.get(languageOf(locale)) ?? en

function languageOf(tag: string): string {
  return tag.split('-')[0]?.toLowerCase() ?? ''
}
