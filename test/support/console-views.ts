import type { Page } from 'playwright'
import { activity as activityDe } from '../../src-renderer/text/de/activity.ts'
import { connect as connectDe } from '../../src-renderer/text/de/connect.ts'
import { home as homeDe } from '../../src-renderer/text/de/home.ts'
import { keys as keysDe } from '../../src-renderer/text/de/keys.ts'
import { origins as originsDe } from '../../src-renderer/text/de/origins.ts'
import { settings as settingsDe } from '../../src-renderer/text/de/settings.ts'
import { tryOut as tryOutDe } from '../../src-renderer/text/de/try-out.ts'
import { usage as usageDe } from '../../src-renderer/text/de/usage.ts'
import { activity } from '../../src-renderer/text/en/activity.ts'
import { connect } from '../../src-renderer/text/en/connect.ts'
import { home } from '../../src-renderer/text/en/home.ts'
import { keys } from '../../src-renderer/text/en/keys.ts'
import { origins } from '../../src-renderer/text/en/origins.ts'
import { settings } from '../../src-renderer/text/en/settings.ts'
import { tryOut } from '../../src-renderer/text/en/try-out.ts'
import { usage } from '../../src-renderer/text/en/usage.ts'
import { goTo } from './console-page.ts'

const WORDS = {
  en: { activity, connect, home, keys, origins, settings, tryOut, usage },
  de: {
    activity: activityDe,
    connect: connectDe,
    home: homeDe,
    keys: keysDe,
    origins: originsDe,
    settings: settingsDe,
    tryOut: tryOutDe,
    usage: usageDe,
  },
} as const

export type ViewLanguage = keyof typeof WORDS
type Words = (typeof WORDS)[ViewLanguage]

/** Something that the console can show: a page, or a page with a dialog over it. */
export interface View {
  readonly name: string
  readonly path: string
  readonly heading: (words: Words) => string
  /** Opens the dialog. There is at least one key, one site and one exchange. */
  readonly open?: (page: Page, words: Words) => Promise<void>
}

const inMenu = (entry: (words: Words) => string) => async (page: Page, words: Words) => {
  await page.locator('table [aria-haspopup=menu]').first().click()
  await page.getByRole('menuitem', { name: entry(words) }).click()
}
const inSettings = (name: keyof typeof settings.sections): View => ({
  name: `settings-${name}`,
  path: name === 'general' ? '/settings' : `/settings/${name}`,
  heading: (words) => words.settings.title,
})

/** Every page and dialog, save the first run, which there is only once. */
export const VIEWS: readonly View[] = [
  { name: 'home', path: '/', heading: (words) => words.home.title },
  { name: 'keys', path: '/keys', heading: (words) => words.keys.title },
  {
    name: 'keys-new',
    path: '/keys',
    heading: (words) => words.keys.title,
    open: async (page, words) => {
      await page.getByRole('button', { name: words.keys.create, exact: true }).click()
      await page.getByRole('button', { name: words.keys.more }).click()
    },
  },
  {
    name: 'keys-rotate',
    path: '/keys',
    heading: (words) => words.keys.title,
    open: inMenu((words) => words.keys.rotate),
  },
  { name: 'sites', path: '/sites', heading: (words) => words.origins.title },
  {
    name: 'sites-add',
    path: '/sites',
    heading: (words) => words.origins.title,
    open: (page, words) => page.getByRole('button', { name: words.origins.add, exact: true }).click(),
  },
  {
    name: 'sites-rename',
    path: '/sites',
    heading: (words) => words.origins.title,
    open: inMenu((words) => words.origins.rename),
  },
  { name: 'usage', path: '/usage', heading: (words) => words.usage.title },
  { name: 'activity', path: '/activity', heading: (words) => words.activity.title },
  { name: 'connect', path: '/connect', heading: (words) => words.connect.title },
  { name: 'try', path: '/try', heading: (words) => words.tryOut.title },
  ...(Object.keys(settings.sections) as (keyof typeof settings.sections)[]).map(inSettings),
]

/** Closes the dialog of a view, if it has one. */
export async function leave(page: Page, view: View): Promise<void> {
  if (view.open === undefined) return
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}

/** Goes to a view and waits until all of it is there. */
export async function show(page: Page, view: View, language: ViewLanguage): Promise<void> {
  const words = WORDS[language]
  await goTo(page, view.path, view.heading(words))
  if (view.open === undefined) return
  await view.open(page, words)
  await page.getByRole('dialog').waitFor()
}
