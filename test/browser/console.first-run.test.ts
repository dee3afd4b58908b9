import type { Browser, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startSampleUpstream } from '../../src-main/sample/sample-upstream.ts'
import { launchForPages } from '../support/chromium.ts'
import { expectAccessible, expectAccessibleInBoth, openConsole, patchFrom, useKey } from '../support/console-page.ts'
import { type Serve, startServe } from '../support/serve.ts'

const PAGE_ASSIST = 'chrome-extension://jfgfiigpkhlkbnfnbobbkinehhfdhndo'

let browser: Browser
let serve: Serve
let page: Page

beforeAll(async () => {
  browser = await launchForPages()
})
afterAll(() => browser?.close())
afterEach(async () => {
  await page?.context().close()
  await serve?.stop()
})

describe('from an empty data folder', () => {
  beforeEach(async () => {
    serve = await startServe()
    page = await openConsole(browser, serve.console)
  })

  it('the page says that the app is connected, without a reload, when its first answer has gone through', async () => {
    await page.evaluate(() => Object.assign(window, { notReloaded: true }))
    const secret = await makeKeyFor('Page Assist')
    await page.getByRole('heading', { name: 'Waiting for Page Assist…' }).waitFor()
    expect(await useKey(serve, { secret, origin: PAGE_ASSIST })).toBe(200)
    await page.getByRole('heading', { name: 'Page Assist is connected' }).waitFor()
    expect(await page.evaluate(() => 'notReloaded' in window)).toBe(true)
    const [newest] = JSON.parse((await serve.run('audit', '--json')).stdout) as { actor: string; label: string }[]
    expect(newest).toMatchObject({ actor: 'pairing', action: 'key.create', label: 'Page Assist' })

    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
    await page.getByRole('row', { name: /Page Assist.*Answered/ }).waitFor()
  })

  it('a mistyped key is called so, and copying it again is offered', async () => {
    const secret = await makeKeyFor('Page Assist')
    const mistyped = secret.slice(0, -1) + (secret.endsWith('a') ? 'b' : 'a')
    expect(await useKey(serve, { secret: mistyped, origin: PAGE_ASSIST })).toBe(401)
    const alert = page.getByRole('alert')
    await alert.getByText('mistyped or incomplete').waitFor()
    await alert.getByRole('button', { name: /Copy the key again/ }).waitFor()
    await useKey(serve, { secret, origin: PAGE_ASSIST })
    await page.getByRole('heading', { name: 'Page Assist is connected' }).waitFor()
  })

  it('a blocked extension can be let in from where the person waits', async () => {
    await serve.call('POST /api/origins/decide', { origin: PAGE_ASSIST, status: 'blocked' })
    const secret = await makeKeyFor('Page Assist')
    expect(await useKey(serve, { secret, origin: PAGE_ASSIST })).toBe(403)
    await page
      .getByRole('alert')
      .getByRole('button', { name: /^Allow/ })
      .click()
    await page.getByText('Done. Try again in the app.').waitFor()
    expect(await useKey(serve, { secret, origin: PAGE_ASSIST })).toBe(200)
    await page.getByRole('heading', { name: 'Page Assist is connected' }).waitFor()
  })

  it('a fault that affects every app is shown while the person waits, with the button that fixes it', async () => {
    const secret = await makeKeyFor('Page Assist')
    await patchFrom(page, '/api/settings', { paused: true })
    await page.getByRole('alert').getByText('Latchkey is paused').waitFor()
    await page.getByRole('button', { name: 'Resume Latchkey' }).click()
    await page.getByRole('heading', { name: 'Waiting for Page Assist…' }).waitFor()
    expect(await useKey(serve, { secret, origin: PAGE_ASSIST })).toBe(200)
    await page.getByRole('heading', { name: 'Page Assist is connected' }).waitFor()
  })

  it('when nothing arrives for a minute, it says what to look at', async () => {
    await page.clock.install()
    await makeKeyFor('Page Assist')
    expect(await page.getByText('Nothing has arrived yet').count()).toBe(0)
    await page.clock.fastForward('01:00')
    await page.getByText('Nothing has arrived yet').waitFor()
    await page.getByText('The browser asks once whether the site may').waitFor()
    await page.getByText('Safari', { exact: true }).click()
    await page.getByText('Open the site in Chrome or Firefox').waitFor()
    await expectAccessible(page)
  })

  it('an address that does not exist is called wrong, and copying the right one is offered', async () => {
    const secret = await makeKeyFor('Page Assist')
    expect(await useKey(serve, { secret, address: `${serve.gateway}/v1/v1` })).toBe(404)
    const alert = page.getByRole('alert')
    await alert.getByText('nothing at the address that the app asked for').waitFor()
    await alert.getByRole('button', { name: /Copy the right address/ }).waitFor()
  })

  it('a drawing says what goes into which field', async () => {
    await choose('Page Assist')
    await page.getByRole('img', { name: 'the address goes into “Base URL” and the key goes into “API Key”' }).waitFor()
  })

  it('an app without a field for a key gets an address with the key in it', async () => {
    await choose('Lumos')
    const address = await page.locator('code').innerText()
    expect(address).toMatch(/^http:\/\/localhost:\d+\/k\/sk-lk-[a-z2-7]{39}$/)
    expect(await useKey(serve, { secret: '', address: address.replace('localhost', '127.0.0.1') })).toBe(200)
    await page.getByRole('heading', { name: 'Lumos is connected' }).waitFor()
  })

  it('an app that drops paths gets its key as a host name', async () => {
    await choose('NativeMind')
    const port = new URL(serve.gateway).port
    const address = await page.locator('code').innerText()
    expect(address).toMatch(new RegExp(`^http://sk-lk-[a-z2-7]{39}\\.localhost:${port}$`))
  })

  it('the secret is nowhere but on the page, and gone from there with it', async () => {
    const secret = await makeKeyFor('Page Assist')
    await page.getByRole('button', { name: /Copy.*Key/ }).click()
    const kept = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, location.href]))
    expect(kept).not.toContain('sk-lk-')
    await page.getByRole('button', { name: 'Finish later' }).click()
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
    expect(await page.content()).not.toContain(secret)
  })

  it('the link’s token leaves the address bar and the history', async () => {
    expect(new URL(page.url()).hash).not.toContain('token')
    expect(await page.evaluate(() => history.length)).toBeLessThanOrEqual(2)
  })

  it('the person may look around first', async () => {
    await page.getByRole('button', { name: 'Look around first' }).click()
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
    await page.getByText('No requests yet').waitFor()
  })

  it('every step is accessible in light and dark colours', async () => {
    await expectAccessibleInBoth(page)
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('radio', { name: /Page Assist/ }).check()
    await expectAccessibleInBoth(page)
    await page.getByRole('button', { name: 'Make the key' }).click()
    await page.getByText('it is shown only once').waitFor()
    await expectAccessibleInBoth(page)
    await useKey(serve, { secret: 'sk-lk-mistyped' })
    await page.getByRole('alert').waitFor()
    await expectAccessibleInBoth(page)
    await useKey(serve, { secret: await secretOnPage() })
    await page.getByRole('heading', { name: 'Page Assist is connected' }).waitFor()
    await expectAccessibleInBoth(page)
  })
})

it('an Ollama that is not running is waited for, and found when it is', async () => {
  const gone = await startSampleUpstream()
  await gone.close()
  serve = await startServe({ args: ['--upstream', gone.url] })
  page = await openConsole(browser, serve.console)
  await page.getByText('Ollama is not answering').waitFor()
  const back = await startSampleUpstream({ port: gone.port })
  try {
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('button', { name: 'Continue' }).waitFor()
  } finally {
    await back.close()
  }
})

it('an Ollama that stops while the person waits is named, and found again', async () => {
  let upstream = await startSampleUpstream()
  serve = await startServe({ args: ['--upstream', upstream.url] })
  page = await openConsole(browser, serve.console)
  const secret = await makeKeyFor('Page Assist')
  await upstream.close()
  expect(await useKey(serve, { secret, origin: PAGE_ASSIST })).toBe(409)
  await page.getByRole('alert').getByText('Ollama has stopped answering').waitFor()
  upstream = await startSampleUpstream({ port: upstream.port })
  try {
    await page.getByRole('button', { name: 'Look for Ollama again' }).click()
    await page.getByRole('heading', { name: 'Waiting for Page Assist…' }).waitFor()
  } finally {
    await upstream.close()
  }
})

it('a German browser is spoken to in German', async () => {
  serve = await startServe()
  page = await openConsole(browser, serve.console, { locale: 'de-DE' })
  await page.getByRole('heading', { name: 'Willkommen bei Latchkey' }).waitFor()
  expect(await page.locator('html').getAttribute('lang')).toBe('de-DE')
  await expectAccessible(page)
})

/** Steps 1 to 3: an app, and a key for it. */
async function choose(app: string): Promise<void> {
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('radio', { name: new RegExp(`^${app}`) }).check()
  await page.getByRole('button', { name: 'Make the key' }).click()
  await page.getByText('it is shown only once').waitFor()
}

async function makeKeyFor(app: string): Promise<string> {
  await choose(app)
  return secretOnPage()
}

function secretOnPage(): Promise<string> {
  return page
    .locator('code')
    .filter({ hasText: /^sk-lk-/ })
    .innerText()
}
