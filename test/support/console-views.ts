import type { Page } from 'playwright'
import type { Language } from '#shared/settings/languages.ts'
import { OVERLAYS, type Overlay } from './console-overlays.ts'
import { goTo, type ServedConsole, useKey } from './console-page.ts'
import { CONSOLE_TEXTS, type ConsoleText } from './texts.ts'

/** A view of the console: a page, or a page with an overlay. */
export interface View {
  readonly name: string
  readonly path: string
  readonly heading: (words: ConsoleText) => string
  readonly over?: Overlay
}

const PAGES: readonly View[] = [
  { name: 'home', path: '/', heading: (words) => words.home.title },
  { name: 'keys', path: '/keys', heading: (words) => words.keys.title },
  { name: 'sites', path: '/sites', heading: (words) => words.origins.title },
  { name: 'usage', path: '/usage', heading: (words) => words.usage.title },
  { name: 'activity', path: '/activity', heading: (words) => words.activity.title },
  { name: 'connect', path: '/connect', heading: (words) => words.connect.title },
  { name: 'try', path: '/try', heading: (words) => words.tryOut.title },
  { name: 'people', path: '/people', heading: (words) => words.shell.people },
  { name: 'account', path: '/account', heading: (words) => words.shell.account },
  ...(Object.keys(CONSOLE_TEXTS.en.settings.sections) as (keyof ConsoleText['settings']['sections'])[]).map((name) => ({
    name: `settings-${name}`,
    path: name === 'general' ? '/settings' : `/settings/${name}`,
    heading: (words: ConsoleText) => words.settings.title,
  })),
]

/** Every page and every overlay, except the first run, which occurs only once. */
export const VIEWS: readonly View[] = PAGES.flatMap((page) => [
  page,
  ...OVERLAYS.filter(({ on }) => on === page.path).map((over) => ({ ...page, name: over.name, over })),
])

/** Another person and an invitation, which the views of people need. */
export async function addOthers(serve: Pick<ServedConsole['serve'], 'call'>): Promise<void> {
  await serve.call('POST /api/people', { name: 'Anna', hours: ['07:00-20:00'], online: false })
  await serve.call('POST /api/invitations', { name: 'Carla', role: 'guest' })
}

/** The data that the views need: those others, an answered exchange of an extension and a refused one of a site. */
export async function useOnce({ serve, secret }: ServedConsole): Promise<void> {
  await addOthers(serve)
  await useKey(serve, { secret, origin: 'chrome-extension://jfgfiigpkhlkbnfnbobbkinehhfdhndo' })
  await useKey(serve, { secret: 'sk-lk-mistyped', origin: 'https://notes.example' })
}

/** Opens a view and waits until it is complete. */
export async function show(page: Page, view: View, language: Language): Promise<void> {
  const words = CONSOLE_TEXTS[language]
  await goTo(page, view.path, view.heading(words))
  if (view.over === undefined) return
  await view.over.open(page, words)
  await page.getByRole(view.over.role).first().waitFor()
}

/** Closes the overlay of a view, if there is one. */
export async function leave(page: Page, view: View, language: Language): Promise<void> {
  const { over } = view
  if (over === undefined) return
  if (over.leave === undefined) await page.keyboard.press('Escape')
  else await over.leave(page, CONSOLE_TEXTS[language])
  await page.getByRole(over.role).first().waitFor({ state: 'detached' })
}
