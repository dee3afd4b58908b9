import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { LINK_APPS } from '#shared/keys/link-apps.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { type RealDesktop, reasonToSkip, startRealDesktop } from './real-desktop.ts'

const reason = reasonToSkip()
if (reason !== undefined) console.log(`The links that hand over keys are not tested: ${reason}.`)
const isLinux = process.platform === 'linux'

const CHATBOX =
  'Mozilla/5.0 (X11; Linux x86_64) xyz.chatboxapp.app/1.20.0 Chrome/134.0.0.0 Electron/35.1.2 Safari/537.36'

// `xdg-open` here is a double: it writes down what the desktop would open, and opens nothing.
describe.runIf(isLinux)('the links that hand a key to an app', () => {
  let folder: TempDir
  let opened: string
  let desktop: RealDesktop
  beforeAll(async () => {
    if (reason !== undefined) return
    folder = await createTempDir()
    // The app runs as the same person; Chromium starts the program by its name.
    chmodSync(folder.path, 0o755)
    opened = join(folder.path, 'opened')
    const program = join(folder.path, 'xdg-open')
    writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$1" >> '${opened}'\n`)
    chmodSync(program, 0o755)
    desktop = await startRealDesktop({ env: { PATH: `${folder.path}:${process.env['PATH'] ?? ''}` } })
  })
  beforeEach((context) => context.skip(reason !== undefined, reason))
  afterAll(async () => {
    await desktop?.stop()
    await folder?.remove()
  })

  const links = () => (existsSync(opened) ? readFileSync(opened, 'utf8').trim().split('\n') : [])

  test('opens the chosen app with its key, and the app’s first request connects it', async () => {
    const { page } = desktop
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('radio', { name: /^Chatbox/ }).check()
    await page.getByRole('button', { name: 'Make the key' }).click()
    await page.getByRole('link', { name: 'Open in Chatbox' }).click()
    await until(() => links().length > 0, 'the desktop to be asked to open the link')
    const [link = ''] = links()
    expect(link.startsWith(LINK_APPS.chatbox.opens)).toBe(true)
    const config = JSON.parse(Buffer.from(new URL(link).searchParams.get('config') ?? '', 'base64').toString()) as {
      settings: { apiHost: string; apiKey: string }
    }
    const { apiHost, apiKey } = config.settings
    const answer = await fetch(`${apiHost.replace('localhost', '127.0.0.1')}/models`, {
      headers: { authorization: `Bearer ${apiKey}`, 'user-agent': CHATBOX },
    })
    expect(answer.status).toBe(200)
    await page.getByRole('heading', { name: 'Chatbox is connected' }).waitFor()
    expect(links()).toHaveLength(1)
  })

  test('opens nothing else, whatever the page asks for', async () => {
    const before = links().length
    const others = ['chatbox://mcp/install?x', 'file:///etc/passwd', 'cherrystudio://mcp/install', 'smb://host/share']
    for (const url of others) await desktop.page.evaluate((to) => void window.open(to), url)
    await desktop.page.evaluate((to) => void window.open(to), `${LINK_APPS.ama.opens}server=last`)
    await until(() => links().length > before, 'the link that is allowed')
    expect(links().slice(before)).toEqual([`${LINK_APPS.ama.opens}server=last`])
  })
})
