import type { Page } from 'playwright'

import { askFrom } from './console-page.ts'
import { CONSOLE_TEXTS, type ConsoleText, LANGUAGE_TAGS, PEOPLE_TEXTS } from './texts.ts'

type Step = (page: Page, words: ConsoleText) => Promise<void>

/** A dialog, a menu, a list to choose from or a toast. */
export interface Overlay {
  readonly name: string
  /** The path of the page below it. */
  readonly on: string
  readonly role: 'dialog' | 'menu' | 'listbox' | 'alert'
  /** Requires at least one key, one site, one person besides the owner, one open invitation, one answered exchange and one refused exchange. */
  readonly open: Step
  /** How to close it if Escape does not. */
  readonly leave?: Step
}

export const OVERLAYS: readonly Overlay[] = [
  { name: 'keys-menu', on: '/keys', role: 'menu', open: openRowMenu },
  {
    name: 'keys-new',
    on: '/keys',
    role: 'dialog',
    open: async (page, words) => {
      await openNewKey(page, words)
      // The maximum content of the dialog.
      await page.getByRole('radio', { name: beginning(words.keys.presets.custom) }).check()
    },
  },
  {
    name: 'keys-new-models',
    on: '/keys',
    role: 'listbox',
    open: async (page, words) => {
      await openNewKey(page, words)
      await page.getByRole('combobox', { name: words.keys.modelsLabel }).click()
    },
    leave: leaveTwice,
  },
  {
    name: 'keys-new-expiry',
    on: '/keys',
    role: 'listbox',
    open: async (page, words) => {
      await openNewKey(page, words)
      await page.getByRole('combobox', { name: words.keys.expiryLabel }).click()
    },
    leave: leaveTwice,
  },
  {
    name: 'keys-new-wrong',
    on: '/keys',
    role: 'dialog',
    open: async (page, words) => {
      await openNewKey(page, words)
      await page.getByRole('textbox', { name: words.keys.nameLabel }).fill('  ')
      await page.getByRole('button', { name: words.keys.make }).click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'keys-issued',
    on: '/keys',
    role: 'dialog',
    open: async (page, words) => {
      await openNewKey(page, words)
      await page.getByRole('textbox', { name: words.keys.nameLabel }).fill('Seen once')
      await page.getByRole('button', { name: words.keys.make }).click()
      await page.getByRole('dialog').locator('code').first().waitFor()
    },
    // A wrong key press must not lose a secret that is shown only once.
    leave: (page, words) => page.getByRole('button', { name: words.keys.issuedDone }).click(),
  },
  { name: 'keys-edit', on: '/keys', role: 'dialog', open: inRowMenu((words) => words.keys.edit) },
  { name: 'keys-rotate', on: '/keys', role: 'dialog', open: inRowMenu((words) => words.keys.rotate) },
  {
    name: 'keys-undo',
    on: '/keys',
    role: 'alert',
    open: async (page) => {
      await switchOff(page)
      // It stays while the pointer is on it.
      await page.getByRole('alert').hover()
    },
    leave: async (page, words) => {
      const undo = page.getByRole('button', { name: words.shell.undo })
      await undo.click()
      // While it fades out it could be mistaken for the next one.
      await undo.waitFor({ state: 'detached' })
    },
  },
  {
    name: 'keys-undo-failed',
    on: '/keys',
    role: 'alert',
    open: async (page, words) => {
      await switchOff(page)
      await page.getByRole('button', { name: words.shell.undo }).waitFor()
      await page.route('**/api/keys/*', (route) => route.abort())
      await page.getByRole('button', { name: words.shell.undo }).click()
      await page.getByRole('alert').getByText(words.shell.notAnswering).hover()
    },
    leave: async (page, words) => {
      await page.unroute('**/api/keys/*')
      await page.getByRole('alert').getByRole('button', { name: words.shell.close }).click()
      await page.locator('table .mantine-Switch-track').first().click()
    },
  },
  { name: 'sites-menu', on: '/sites', role: 'menu', open: openRowMenu },
  {
    name: 'sites-add',
    on: '/sites',
    role: 'dialog',
    open: (page, words) => page.getByRole('button', { name: words.origins.add, exact: true }).click(),
  },
  { name: 'sites-rename', on: '/sites', role: 'dialog', open: inRowMenu((words) => words.origins.rename) },
  { name: 'usage-export', on: '/usage', role: 'menu', open: openExport },
  {
    name: 'usage-price',
    on: '/usage',
    role: 'dialog',
    open: (page, words) => page.getByRole('button', { name: words.usage.setPrice }).click(),
  },
  {
    name: 'usage-export-busy',
    on: '/usage',
    role: 'dialog',
    // An export that does not begin.
    open: (page, words) => exportWith(page, words, () => undefined),
    leave: leaveExport,
  },
  {
    name: 'usage-export-failed',
    on: '/usage',
    role: 'dialog',
    open: async (page, words) => {
      await exportWith(page, words, (abort) => abort())
      await page.getByRole('dialog').getByText(words.exporting.failed).waitFor()
    },
    leave: leaveExport,
  },
  {
    name: 'usage-export-done',
    on: '/usage',
    role: 'alert',
    open: async (page, words) => {
      await openExport(page, words)
      await page.getByRole('menuitem').first().click()
      await page.getByRole('alert').hover()
    },
    leave: (page, words) => page.getByRole('alert').getByRole('button', { name: words.shell.close }).click(),
  },
  { name: 'activity-export', on: '/activity', role: 'menu', open: openExport },
  {
    name: 'activity-why',
    on: '/activity',
    role: 'dialog',
    open: (page, words) =>
      page
        .getByRole('button', { name: beginning(words.activity.whyOf({ what: '' })) })
        .first()
        .click(),
  },
  {
    name: 'activity-details',
    on: '/activity',
    role: 'dialog',
    open: (page, words) =>
      page
        .getByRole('button', { name: beginning(words.activity.detailsOf({ what: '' })) })
        .first()
        .click(),
  },
  {
    name: 'try-models',
    on: '/try',
    role: 'listbox',
    open: async (page, words) => {
      const field = page.getByRole('combobox', { name: words.tryOut.modelLabel })
      await field.click()
      // All models, whatever their names.
      await field.fill('')
    },
  },
  { name: 'people-menu', on: '/people', role: 'menu', open: openPersonMenu },
  {
    name: 'people-add',
    on: '/people',
    role: 'dialog',
    open: async (page, words) => {
      await page.getByRole('button', { name: peopleWords(words).people.add }).click()
      await page.getByRole('dialog').getByRole('button', { name: words.keys.more }).click()
      await page
        .getByRole('dialog')
        .getByRole('button', { name: peopleWords(words).people.addDo })
        .click()
    },
  },
  { name: 'people-change', on: '/people', role: 'dialog', open: inPersonMenu((words) => words.people.change) },
  { name: 'people-sessions', on: '/people', role: 'dialog', open: inPersonMenu((words) => words.sessions.open) },
  { name: 'people-recover', on: '/people', role: 'dialog', open: inPersonMenu((words) => words.recover.open) },
  { name: 'people-remove', on: '/people', role: 'dialog', open: inPersonMenu((words) => words.people.remove) },
  {
    name: 'people-invite',
    on: '/people',
    role: 'dialog',
    open: async (page, words) => {
      await openInvite(page, words)
      await page.getByRole('radio', { name: beginning(peopleWords(words).roles.guest) }).check()
      await page.getByRole('dialog').getByRole('button', { name: words.keys.more }).click()
    },
  },
  {
    name: 'people-issued',
    on: '/people',
    role: 'dialog',
    open: async (page, words) => {
      await openInvite(page, words)
      await page.getByRole('button', { name: peopleWords(words).invite.make }).click()
      await page.getByRole('dialog').locator('code').first().waitFor()
    },
    // A wrong key press must not lose a link that is shown only once.
    leave: (page, words) => page.getByRole('button', { name: peopleWords(words).issued.done }).click(),
  },
  {
    name: 'account-password',
    on: '/account',
    role: 'dialog',
    open: (page, words) => page.getByRole('button', { name: peopleWords(words).ways.setPassword }).click(),
  },
  {
    name: 'settings-service',
    on: '/settings/people',
    role: 'dialog',
    open: async (page, words) => {
      const { providers } = peopleWords(words)
      await page.getByRole('button', { name: providers.add }).click()
      await page.getByRole('combobox', { name: providers.serviceLabel }).selectOption('keycloak')
      await page.getByRole('button', { name: providers.more }).click()
      await page.getByRole('textbox', { name: providers.claimLabel }).fill('groups')
      await page.getByRole('button', { name: providers.addGroup }).click()
    },
  },
  {
    name: 'settings-key-remove',
    on: '/settings/ollama',
    role: 'dialog',
    open: async (page, words) => {
      const remove = page.getByRole('button', { name: words.settings.upstreamKeyRemove, exact: true })
      if (!(await remove.isVisible())) {
        await page.getByLabel(words.settings.upstreamKeyLabel).fill('a.key')
        await page.getByRole('button', { name: words.settings.upstreamKeySave, exact: true }).click()
      }
      await remove.click()
    },
  },
  {
    name: 'settings-restore',
    on: '/settings/data',
    role: 'dialog',
    open: async (page, words) => {
      const restore = page
        .getByRole('button', { name: beginning(words.shell.labelled({ label: words.data.restore, what: '' })) })
        .first()
      if (!(await restore.isVisible())) await page.getByRole('button', { name: words.data.makeBackup }).click()
      await restore.click()
    },
  },
  {
    name: 'settings-adopt',
    on: '/settings/data',
    role: 'dialog',
    open: async (page, words) => {
      const setup = JSON.stringify((await askFrom(page, '/api/setup')).body)
      const choosing = page.waitForEvent('filechooser')
      await page.getByRole('button', { name: words.data.openSetup }).click()
      const file = { name: 'setup.json', mimeType: 'application/json', buffer: Buffer.from(setup) }
      await (await choosing).setFiles(file)
    },
  },
]

/** Once it is shown as on, which a change before this may have to come to first. */
async function switchOff(page: Page): Promise<void> {
  await page.locator('tbody tr:first-child input:checked ~ .mantine-Switch-track').first().click()
}

async function openNewKey(page: Page, words: ConsoleText): Promise<void> {
  await page.getByRole('button', { name: words.keys.create, exact: true }).click()
  await page.getByRole('button', { name: words.keys.more }).click()
}

async function openRowMenu(page: Page): Promise<void> {
  await page.locator('table [aria-haspopup=menu]').first().click()
}

function inRowMenu(entry: (words: ConsoleText) => string): Step {
  return async (page, words) => {
    await openRowMenu(page)
    await page.getByRole('menuitem', { name: entry(words) }).click()
  }
}

/** What pages say about people, in the language of the other words. */
function peopleWords(words: ConsoleText) {
  return PEOPLE_TEXTS[LANGUAGE_TAGS.find((tag) => CONSOLE_TEXTS[tag] === words) ?? 'en']
}

/** Of the person after the owner. */
async function openPersonMenu(page: Page): Promise<void> {
  await page.locator('main [aria-haspopup=menu]').nth(1).click()
}

function inPersonMenu(entry: (words: ReturnType<typeof peopleWords>) => string): Step {
  return async (page, words) => {
    await openPersonMenu(page)
    await page.getByRole('menuitem', { name: entry(peopleWords(words)) }).click()
  }
}

async function openInvite(page: Page, words: ConsoleText): Promise<void> {
  await page.getByRole('button', { name: peopleWords(words).people.invite }).click()
  await page.getByRole('dialog').waitFor()
}

async function openExport(page: Page, words: ConsoleText): Promise<void> {
  await page.getByRole('button', { name: words.exporting.button }).click()
}

const EXPORTS = '**/api/export/**'

async function exportWith(page: Page, words: ConsoleText, answer: (abort: () => Promise<void>) => unknown) {
  await page.route(EXPORTS, async (route) => void (await answer(() => route.abort())))
  await openExport(page, words)
  await page.getByRole('menuitem').first().click()
}

async function leaveExport(page: Page): Promise<void> {
  await page.keyboard.press('Escape')
  await page.unroute(EXPORTS)
}

/** The first Escape closes the list, the second the dialog below it. */
async function leaveTwice(page: Page): Promise<void> {
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}

/** For a name that begins so. Browsers take a no-break space in a name for any space. */
export function beginning(text: string): RegExp {
  const words = text.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${words.replace(/\s/g, '\\s')}`)
}
