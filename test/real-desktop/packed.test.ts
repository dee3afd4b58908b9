import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { findElectron } from '../../build/scripts/programs/electron.ts'
import { packApp } from '../../build/scripts/real-electron/pack.ts'
import { autostartEntry } from '../../src-main/desktop/system/login-item.ts'
import { processesOf } from '../support/processes.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { type DesktopServices, startDesktopServices } from './desktop-services.ts'
import { reasonToSkip } from './real-desktop.ts'

const LOGIN_ROW = 'Start at login'
const QUIT_ROW = 'Quit Latchkey'
/** @electron/fuses, config.ts: a wire has one byte a fuse, which is the digit 0 or 1. */
const [OFF, ON] = ['0', '1'].map((digit) => digit.charCodeAt(0))

const ofElectronBuilder = createRequire(createRequire(import.meta.url).resolve('app-builder-lib'))
const fuses = ofElectronBuilder('@electron/fuses') as {
  FuseV1Options: Readonly<Record<string, number>>
  getCurrentFuseWire(program: string): Promise<Readonly<Record<string, number>>>
}

const reason = reasonToSkip() ?? reasonNotToPack()

// The app as a release has it, in one file and with its fuses set, which keep Playwright out: so it is seen and used as a
// person would, in the panel and by its windows' names.
describe('the packed app', () => {
  let services: DesktopServices
  let home: TempDir
  let program: string
  let app: ChildProcess
  beforeAll(async () => {
    if (reason !== undefined) return
    services = await startDesktopServices()
    home = await createTempDir()
    const output = join(home.path, 'with a space')
    await packApp({ dist: dirname(String(findElectron())), output })
    program = join(output, 'linux-unpacked/latchkey')
    writeFileSync(join(home.path, 'settings.json'), JSON.stringify({ gatewayPort: 0, language: 'en' }))
    app = start()
  })
  beforeEach((context) => context.skip(reason !== undefined, reason))
  afterAll(async () => {
    for (const pid of processesOf(program)) process.kill(pid, 'SIGKILL')
    await until(() => processesOf(program).length === 0, 'the app to end')
    services?.close()
    await home?.remove()
  })

  const env = () => ({
    ...process.env,
    LATCHKEY_DATA_DIR: home.path,
    XDG_CONFIG_HOME: join(home.path, 'config'),
  })
  const start = (more: readonly string[] = [], also: object = {}) =>
    spawn(program, more, { env: { ...env(), ...also }, stdio: ['ignore', 'ignore', 'pipe'] })
  const entryFile = () => join(home.path, 'config/autostart/latchkey.desktop')
  const row = async (label: string | RegExp) =>
    (await services.trayRows())?.find((one) => (label instanceof RegExp ? label.test(one.label) : one.label === label))
  const health = async () => {
    const address = await until(() => row(/^http:\/\/localhost:\d+$/), 'the address in the panel')
    return (await (await fetch(`${address.label}/healthz`)).json()) as unknown
  }

  test('has every fuse as it is configured', async () => {
    const wire = await fuses.getCurrentFuseWire(program)
    const named = (name: string) => wire[String(fuses.FuseV1Options[name])]
    expect(named('RunAsNode')).toBe(OFF)
    expect(named('EnableNodeOptionsEnvironmentVariable')).toBe(OFF)
    expect(named('EnableNodeCliInspectArguments')).toBe(OFF)
    expect(named('GrantFileProtocolExtraPrivileges')).toBe(OFF)
    expect(named('OnlyLoadAppFromAsar')).toBe(ON)
    expect(named('EnableCookieEncryption')).toBe(ON)
    expect(named('EnableEmbeddedAsarIntegrityValidation')).toBe(ON)
  })

  test('starts from its one file: tray, gateway, and a page that names itself', async () => {
    await until(() => row(QUIT_ROW), 'the menu in the panel')
    expect(await health()).toMatchObject({ gateway: 'up' })
    await until(() => consoleWindows() > 0, 'the window')
    expect(readFileSync(join(home.path, 'latchkey.log'), 'utf8')).toContain('Latchkey has started')
  })

  test.each([
    ['is no Node', ['-e', 'process.exit(7)'], { ELECTRON_RUN_AS_NODE: '1' }],
    ['loads nothing that NODE_OPTIONS names', [], { NODE_OPTIONS: '--require=/nowhere/at-all.cjs' }],
    ['opens no debugger', ['--inspect=0'], {}],
  ])('%s', async (_what, args, also) => {
    const second = start(args, also)
    let told = ''
    second.stderr?.on('data', (piece: Buffer) => (told += piece.toString()))
    // It finds the one that runs, and leaves.
    expect(await once(second, 'close')).toEqual([0, null])
    expect(told).not.toMatch(/Debugger listening|NODE_OPTION/)
  })

  test('the box in the panel writes the entry by which this program starts at login', async () => {
    expect(await row(LOGIN_ROW)).toMatchObject({ checked: false })
    await services.clickRow(LOGIN_ROW)
    await until(async () => (await row(LOGIN_ROW))?.checked, 'the check mark')
    expect(readFileSync(entryFile(), 'utf8')).toBe(autostartEntry(program))
  })

  test('a desktop starts it by that entry, in the tray alone', async () => {
    const ended = once(app, 'exit')
    await services.clickRow(QUIT_ROW)
    expect(await ended).toEqual([0, null])
    await once(spawn('gio', ['launch', entryFile()], { env: env(), stdio: 'ignore' }), 'exit')
    await until(
      async () => (await row(LOGIN_ROW).catch(() => undefined))?.checked,
      'the panel of the one that was started',
    )
    expect(await health()).toMatchObject({ gateway: 'up' })
    expect(consoleWindows()).toBe(0)
  })

  test('switched off, the entry is gone', async () => {
    await services.clickRow(LOGIN_ROW)
    await until(async () => (await row(LOGIN_ROW))?.checked === false, 'the check mark to go')
    expect(existsSync(entryFile())).toBe(false)
    expect(consoleWindows()).toBe(0)
    await services.clickRow(QUIT_ROW)
    await until(() => processesOf(program).length === 0, 'the app to end')
  })
})

/** How many windows show a page of the console: each names itself. */
function consoleWindows(): number {
  const windows = execFileSync('xwininfo', ['-root', '-tree'], { encoding: 'utf8' })
  return windows.match(/"[^"]* · Latchkey"/g)?.length ?? 0
}

function reasonNotToPack(): string | undefined {
  if (process.platform !== 'linux') return 'it is packed and clicked for Linux'
  if (!existsSync('/usr/bin/gio') || !existsSync('/usr/bin/xwininfo'))
    return 'Debian’s packages libglib2.0-bin and x11-utils are missing'
  return process.getuid?.() === 0
    ? 'a desktop’s entry does not take the sandbox away, which root cannot have'
    : undefined
}
