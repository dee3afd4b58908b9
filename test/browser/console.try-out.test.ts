import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Page } from 'playwright'
import { beforeEach, expect, it } from 'vitest'
import { expectAccessible, expectAccessibleInBoth, goTo, servedConsole } from '../support/console-page.ts'
import { until } from '../support/until.ts'

const served = servedConsole()
let page: Page

beforeEach(async () => {
  page = await served.open('/try', 'Try it')
})

const send = () => page.getByRole('button', { name: 'Send' }).click()

async function keyNames(): Promise<string[]> {
  return (await served.serve.call('GET /api/keys', {})).map(({ name }) => name)
}

it('sends a question with a key of its own, shows answer, headers and counts, and deletes the key afterwards', async () => {
  await page.getByText('The answer appears here').waitFor()
  await page.getByLabel('Question').fill('How are you today?')
  await send()
  await page.getByText('No model is running here. Your question had 4 words.').waitFor()
  await page.getByText('Status 200', { exact: true }).waitFor()
  await page.getByRole('row', { name: /^x-request-id /i }).waitFor()
  expect(await page.getByRole('definition').allTextContents()).toEqual([
    expect.stringMatching(/^[\d.]+s$/),
    expect.stringMatching(/^[\d.]+s$/),
    '4',
    '19',
  ])
  await expectAccessibleInBoth(page)
  expect(await keyNames()).toEqual(['Browser', 'Test key of “Try it”'])

  await goTo(page, '/keys', 'Keys')
  await page.getByRole('row', { name: /Test key/ }).waitFor({ state: 'detached' })
  expect(await keyNames()).toEqual(['Browser'])
  await goTo(page, '/activity', 'Activity')
  await page.getByRole('row', { name: /Test key of “Try it” \(deleted\)/ }).waitFor()
})

it('says of each browser what it asks before a web page reaches this computer', async () => {
  const card = page.locator('section').filter({ hasText: 'Works here, but not in a web page?' })
  await card.getByText('The browser asks once whether the site may').waitFor()
  for (const [browser, todo] of [
    ['Firefox', 'take the block away'],
    ['Safari', 'Open the site in Chrome or Firefox'],
    ['Chrome, Edge, Brave', 'allow it there'],
  ] as const) {
    await card.getByText(browser, { exact: true }).click()
    await card.getByText(todo).waitFor()
  }
})

it('says what is wrong with a key that was pasted', async () => {
  await page.getByRole('radio', { name: /A key of mine/ }).check()
  await page.getByLabel('Your key').fill('sk-lk-mistyped')
  await send()
  await page.getByText('Status 401', { exact: true }).waitFor()
  await page.getByText('This key is mistyped or incomplete.').waitFor()
  await expectAccessible(page)
  await page.getByLabel('Your key').fill('two words')
  await send()
  await page.getByText('This is not a key').waitFor()
  expect(await keyNames()).toEqual(['Browser'])
})

it('stops a long answer, and Ollama with it', async () => {
  // More than what lies between here and Ollama can hold: it must not end before it is stopped.
  await page.getByLabel('Question').fill('Please count to 100000')
  await send()
  await page.getByText(/1 2 3/).waitFor()
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByText('You stopped it.').waitFor()
  // Leaving the page deletes its key, which would end a request that still runs.
  await until(
    async () => (await served.serve.call('GET /api/exchanges', {}))[0]?.outcome === 'client_aborted',
    'the request to end',
  )
  await goTo(page, '/', 'Home')
  await page.getByText('Stopped by the app').waitFor()
})

it('gives code that works once the key is in, and leaves the key out until asked', async () => {
  await page.getByLabel('Question').fill('What\'s "new"?\nTell me')
  await send()
  await page.getByText('Status 200', { exact: true }).waitFor()
  expect(await codeIn('curl')).toContain('Bearer YOUR_KEY')
  await page.getByRole('switch', { name: 'Include the key' }).click()
  // The page's own address has IPv6 too, which a machine for tests may lack.
  const run = promisify(execFile)
  const javaScript = (await codeIn('JavaScript')).replace('localhost', '127.0.0.1')
  const outputs = [await run(process.execPath, ['--input-type=module', '--eval', javaScript])]
  if (await has('curl')) outputs.push(await run('sh', ['-c', (await codeIn('curl')).replace('localhost', '127.0.0.1')]))
  if (await has('python3'))
    outputs.push(await run('python3', ['-c', (await codeIn('Python')).replace('localhost', '127.0.0.1')]))
  for (const { stdout } of outputs) expect(stdout).toContain('"prompt_eval_count":4')

  async function has(program: string): Promise<boolean> {
    return run(program, ['--version']).then(
      () => true,
      () => false,
    )
  }
})

async function codeIn(language: string): Promise<string> {
  await page.getByText(language, { exact: true }).click()
  return (await page.locator('pre').textContent()) ?? ''
}
