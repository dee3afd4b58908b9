import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { IssuedKey } from '#shared/keys/key.ts'
import { startSampleUpstream } from '../../../../src-main/sample/sample-upstream.ts'
import { type RealDesktop, startRealDesktop } from '../../../../test/real-desktop/real-desktop.ts'
import { startServe } from '../../../../test/support/serve.ts'
import { createTempDir } from '../../../../test/support/temp-dir.ts'
import { until } from '../../../../test/support/until.ts'
import { ask, MODELS, makeKeys, STRANGER, useKeys, writePastWeek } from '../made-up-week.ts'
import { Desktop, type Theme, TRAY_ICON, takePicture, xdotool } from './xfce.ts'

// `node take.ts THEME FOLDER`: takes the pictures of one theme. The display and the message bus must be its own.
const [theme, folder] = process.argv.slice(2) as [Theme, string]
const SCREEN = { width: 1400, height: 900 }
const MENU_SIZE = { width: 590, height: 360 }
/** The default port, because the pictures show it. */
const PORT = 11_500
const SITES = 'Sites && extensions'

const home = await createTempDir()
const upstream = await startSampleUpstream({ models: MODELS })
const desktop = await Desktop.start(theme)
try {
  const dataDir = join(home.path, 'data')
  mkdirSync(dataDir)
  const settings = { gatewayPort: PORT, upstream: upstream.url, language: 'en', theme }
  writeFileSync(join(dataDir, 'settings.json'), JSON.stringify(settings))
  const keys = await writeWeek(dataDir)
  const app = await startRealDesktop({ dataDir, env: desktop.env })
  try {
    await useApp(app, keys)
    await pictureWindow(app)
    await pictureMenu(app)
  } finally {
    await app.stop()
  }
} finally {
  desktop.stop()
  await upstream.close()
  await home.remove()
}

async function writeWeek(dataDir: string): Promise<IssuedKey[]> {
  const serve = await startServe({ args: ['--upstream', upstream.url], dataDir })
  const keys = await makeKeys(serve)
  await serve.stop()
  await writePastWeek(dataDir, keys)
  return keys
}

/** Makes a day's requests, and then one from an unknown site. */
async function useApp(app: RealDesktop, keys: readonly IssuedKey[]): Promise<void> {
  const { gateway } = await app.state()
  if (gateway.status !== 'running') throw new Error(`The gateway is not running: ${gateway.problem?.message ?? ''}`)
  await useKeys(gateway.address, keys)
  await askConsole(app, 'PATCH', '/api/settings', { unknownOrigins: 'ask' })
  await askConsole(app, 'POST', '/api/origins/decide', { origin: 'https://notes.example', status: 'blocked' })
  await ask(gateway.address, { secret: keys[0]?.secret ?? '', model: 'llama3.2:3b', origin: STRANGER })
}

async function askConsole({ page }: RealDesktop, method: string, path: string, body: object): Promise<void> {
  const init = { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
  await page.evaluate(async ([to, how]) => void (await fetch(to, how)), [path, init] as const)
}

async function pictureWindow({ page }: RealDesktop): Promise<void> {
  await page.locator(`html[data-mantine-color-scheme=${theme}]`).waitFor()
  await page.getByRole('row').nth(1).waitFor()
  await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached' })
  await takePicture({ ...SCREEN, x: 0 }, fileOf('desktop-window'))
}

/** Opens the tray's menu and the submenu of the sites with mouse and keys, and takes their picture. */
async function pictureMenu(app: RealDesktop): Promise<void> {
  const rows = await until(async () => {
    const all = await app.trayRows()
    return all.some(({ label }) => label === `Let ${STRANGER} in?`) && all
  }, 'the question in the tray')
  await app.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
  await until(async () => !(await app.isVisible()), 'the window to hide')
  const before = menus()
  xdotool('mousemove', String(SCREEN.width - TRAY_ICON.fromRight), String(TRAY_ICON.fromTop), 'click', '3')
  await until(() => menus().length > before.length, 'the menu')
  // The first row is disabled, and separators have no label.
  const choices = rows.slice(1).filter(({ label }) => label !== '')
  const steps = choices.findIndex(({ label }) => label === SITES) + 1
  xdotool('key', ...Array.from({ length: steps }, () => 'Down'), 'Right')
  await until(() => menus().length > before.length + 1, 'the menu of the sites')
  await takePicture({ ...MENU_SIZE, x: SCREEN.width - MENU_SIZE.width }, fileOf('desktop-tray'))
}

/** Window ids of the open menus. Each plugin of the panel is a separate program that owns its menus. */
function menus(): string[] {
  return xdotool('search', '--onlyvisible', '--class', 'wrapper-2.0').split('\n')
}

function fileOf(name: string): string {
  return join(folder, `${name}${theme === 'dark' ? '-dark' : ''}.png`)
}
