import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, readFile, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { launchForPages } from '../support/chromium.ts'
import { askFrom, openConsole } from '../support/console-page.ts'
import { PATIENCE_MS } from '../support/patience.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const COPIED = ['src-shared', 'src-main', 'src-renderer', 'build', 'package.json', 'tsconfig.base.json']
const HOME_PAGE = 'src-renderer/pages/home/home-page.tsx'
const ENGLISH = 'src-renderer/text/messages/console/en.json'
const OPEN_ROUTES = 'src-main/gateway/steps/answer-open-routes.ts'

describe('npm run dev, in a copy of the checkout', () => {
  let copy: TempDir
  let dev: Dev
  let browser: Browser
  let page: Page
  let gateway: string

  beforeAll(async () => {
    copy = await createTempDir()
    for (const part of COPIED) await cp(join(ROOT, part), join(copy.path, part), { recursive: true })
    await symlink(join(ROOT, 'node_modules'), join(copy.path, 'node_modules'), 'junction')
    dev = startDev(copy.path, 0)
    browser = await launchForPages()
    // Vite bundles the libraries first, which is a lot of work.
    await vi.waitFor(() => expect(dev.output()).toContain('Ctrl+C'), { timeout: 2 * PATIENCE_MS })
    gateway = /Gateway +(\S+)/.exec(dev.output())?.[1] ?? ''
    page = await openConsole(browser, /Console +(\S+)/.exec(dev.output())?.[1] ?? '')
    // Behind the pages of the first run, which asks for a key.
    expect((await askFrom(page, '/api/keys', { method: 'POST', body: { name: 'Developer' } })).status).toBe(200)
    await page.reload()
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    dev?.process.kill()
    await copy?.remove()
  })

  it('shows a changed page without a reload', async () => {
    await page.evaluate(() => Object.assign(window, { isStillHere: true }))
    await change(HOME_PAGE, 'title={text.home.title}', 'title="A changed title"')
    await page.getByRole('heading', { level: 1, name: 'A changed title' }).waitFor()
    expect(await page.evaluate(() => 'isStillHere' in window)).toBe(true)
  })

  it('shows a changed message', async () => {
    await change(ENGLISH, '"home.connect": "Connect an app"', '"home.connect": "A changed message"')
    await page.getByRole('link', { name: 'A changed message' }).first().waitFor()
  })

  it('restarts the core when it changes, behind the same addresses and with the same session', async () => {
    expect(await body(gateway)).toBe('Ollama is running')
    await change(OPEN_ROUTES, 'Ollama is running', 'Something else is running')
    await until(async () => (await body(gateway)) === 'Something else is running', 'the changed core')
    await page.reload()
    await page.getByRole('heading', { level: 1, name: 'A changed title' }).waitFor()
  })

  it('tells of a core that does not start, and tries again after the next change', async () => {
    await change(OPEN_ROUTES, "'Something else is running'", "'Something else")
    await until(() => dev.output().includes('The core did not start.'), 'the fault to be told')
    expect(await body(gateway)).toBeUndefined()
    await change(OPEN_ROUTES, "'Something else", "'Something else is running'")
    await until(async () => (await body(gateway)) === 'Something else is running', 'the mended core')
  })

  it('ends the core with itself at Ctrl+C', async () => {
    const ended = once(dev.process, 'exit')
    dev.process.kill('SIGINT')
    expect(await ended).toEqual([0, null])
    expect(await body(gateway)).toBeUndefined()
  })

  it('says in a sentence that a port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void other.close())
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const second = startDev(copy.path, port)
    expect(await once(second.process, 'close')).toEqual([1, null])
    expect(second.output()).toMatch(/^The pages cannot be served at port \d+ .*--port 0$/m)
    expect(second.output()).not.toMatch(/^ +at /m)
  })

  async function change(file: string, before: string, after: string): Promise<void> {
    const path = join(copy.path, file)
    const text = await readFile(path, 'utf8')
    expect(text).toContain(before)
    await writeFile(path, text.replace(before, after))
  }
})

interface Dev {
  readonly process: ChildProcess
  /** Its output so far. */
  output(): string
}

function startDev(root: string, port: number): Dev {
  const args = ['build/scripts/run.js', 'dev', '--port', String(port)]
  const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, NODE_ENV: 'development' } })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  return { process: child, output: () => output }
}

/** The gateway's answer at `/`; undefined while nothing listens there. */
async function body(gateway: string): Promise<string | undefined> {
  try {
    return await (await fetch(gateway)).text()
  } catch {
    return undefined
  }
}
