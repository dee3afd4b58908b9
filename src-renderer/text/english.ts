import type { ProblemSentences } from '#shared/text/problem.ts'
import { about } from './en/about.ts'
import { activity } from './en/activity.ts'
import { browsers } from './en/browsers.ts'
import { changes } from './en/changes.ts'
import { connect } from './en/connect.ts'
import { data } from './en/data.ts'
import { exporting } from './en/export.ts'
import { home } from './en/home.ts'
import { keys } from './en/keys.ts'
import { lan } from './en/lan.ts'
import { origins } from './en/origins.ts'
import { recipes } from './en/recipes.ts'
import { saved } from './en/saved.ts'
import { settings } from './en/settings.ts'
import { shell } from './en/shell.ts'
import { takeOver } from './en/take-over.ts'
import { tasks } from './en/tasks.ts'
import { tryOut } from './en/try-out.ts'
import { updates } from './en/updates.ts'
import { usage } from './en/usage.ts'
import { words } from './en/words.ts'

export const en = {
  takeOver,
  lan,
  data,
  changes,
  about,
  activity,
  browsers,
  connect,
  exporting,
  home,
  keys,
  origins,
  recipes,
  saved,
  settings,
  shell,
  tasks,
  tryOut,
  updates,
  usage,
  words,
  /** English is what the core itself speaks: its sentences are shown as they come. */
  problems: null as ProblemSentences | null,
}

/** Every text the console shows. Typed by the English one, so that a missing string fails the type check. */
export type Catalogue = typeof en
