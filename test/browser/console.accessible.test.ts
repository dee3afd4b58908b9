import type { Page } from 'playwright'
import { beforeAll, it, onTestFailed } from 'vitest'
import { expectAccessibleInBoth, servedConsole } from '../support/console-page.ts'
import { leave, show, useOnce, VIEWS } from '../support/console-views.ts'

const served = servedConsole({ key: { models: ['sample-*'] } })
let page: Page

beforeAll(async () => {
  await useOnce(served)
  page = await served.openForAll()
})

// In English only: what axe-core looks at are roles, names and colours, which are the same in every language.
it.each(VIEWS.map((view) => [view.name, view] as const))('%s is accessible in light and dark', async (_, view) => {
  // An element that one view leaves open must not affect later views.
  onTestFailed(async () => void (await page.reload()))
  await show(page, view, 'en')
  await expectAccessibleInBoth(page)
  await leave(page, view, 'en')
})
