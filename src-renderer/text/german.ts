import { about as aboutDe } from './de/about.ts'
import { activity as activityDe } from './de/activity.ts'
import { browsers as browsersDe } from './de/browsers.ts'
import { changes as changesDe } from './de/changes.ts'
import { connect as connectDe } from './de/connect.ts'
import { data as dataDe } from './de/data.ts'
import { exporting as exportingDe } from './de/export.ts'
import { home as homeDe } from './de/home.ts'
import { keys as keysDe } from './de/keys.ts'
import { lan as lanDe } from './de/lan.ts'
import { origins as originsDe } from './de/origins.ts'
import { problems as problemsDe } from './de/problems.ts'
import { recipes as recipesDe } from './de/recipes.ts'
import { saved as savedDe } from './de/saved.ts'
import { settings as settingsDe } from './de/settings.ts'
import { shell as shellDe } from './de/shell.ts'
import { takeOver as takeOverDe } from './de/take-over.ts'
import { tasks as tasksDe } from './de/tasks.ts'
import { tryOut as tryOutDe } from './de/try-out.ts'
import { updates as updatesDe } from './de/updates.ts'
import { usage as usageDe } from './de/usage.ts'
import { words as wordsDe } from './de/words.ts'
import type { Catalogue } from './english.ts'

export const de: Catalogue = {
  takeOver: takeOverDe,
  lan: lanDe,
  data: dataDe,
  changes: changesDe,
  about: aboutDe,
  activity: activityDe,
  browsers: browsersDe,
  connect: connectDe,
  exporting: exportingDe,
  home: homeDe,
  keys: keysDe,
  origins: originsDe,
  problems: problemsDe,
  recipes: recipesDe,
  saved: savedDe,
  settings: settingsDe,
  shell: shellDe,
  tryOut: tryOutDe,
  tasks: tasksDe,
  updates: updatesDe,
  usage: usageDe,
  words: wordsDe,
}
