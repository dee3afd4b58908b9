import { about as aboutDe } from './de/about.ts'
import { activity as activityDe } from './de/activity.ts'
import { changes as changesDe } from './de/changes.ts'
import { connect as connectDe } from './de/connect.ts'
import { data as dataDe } from './de/data.ts'
import { exporting as exportingDe } from './de/export.ts'
import { home as homeDe } from './de/home.ts'
import { keys as keysDe } from './de/keys.ts'
import { lan as lanDe } from './de/lan.ts'
import { origins as originsDe } from './de/origins.ts'
import { recipes as recipesDe } from './de/recipes.ts'
import { settings as settingsDe } from './de/settings.ts'
import { shell as shellDe } from './de/shell.ts'
import { takeOver as takeOverDe } from './de/take-over.ts'
import { tasks as tasksDe } from './de/tasks.ts'
import { tryOut as tryOutDe } from './de/try-out.ts'
import { usage as usageDe } from './de/usage.ts'
import { words as wordsDe } from './de/words.ts'
import { about } from './en/about.ts'
import { activity } from './en/activity.ts'
import { changes } from './en/changes.ts'
import { connect } from './en/connect.ts'
import { data } from './en/data.ts'
import { exporting } from './en/export.ts'
import { home } from './en/home.ts'
import { keys } from './en/keys.ts'
import { lan } from './en/lan.ts'
import { origins } from './en/origins.ts'
import { recipes } from './en/recipes.ts'
import { settings } from './en/settings.ts'
import { shell } from './en/shell.ts'
import { takeOver } from './en/take-over.ts'
import { tasks } from './en/tasks.ts'
import { tryOut } from './en/try-out.ts'
import { usage } from './en/usage.ts'
import { words } from './en/words.ts'
import { languageOf, localeFor, rememberedLanguage } from './language.ts'

const en = {
  takeOver,
  lan,
  data,
  changes,
  about,
  activity,
  connect,
  exporting,
  home,
  keys,
  origins,
  recipes,
  settings,
  shell,
  tasks,
  tryOut,
  usage,
  words,
}

/** Every text the console shows. Typed by the English one, so that a missing string fails the type check. */
export type Catalogue = typeof en

const de: Catalogue = {
  takeOver: takeOverDe,
  lan: lanDe,
  data: dataDe,
  changes: changesDe,
  about: aboutDe,
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

/** The language of the texts, with its region for Intl. It holds until the pages load anew. */
export const locale = localeFor(rememberedLanguage(), navigator.languages, new Set(CATALOGUES.keys()))

export const text: Catalogue = CATALOGUES.get(languageOf(locale)) ?? en
