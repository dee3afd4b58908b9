import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { LoginItemSettings, Settings } from 'electron'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  autostartEntry,
  autostartPath,
  createLoginItem,
  startedProgram,
} from '../../../src-main/desktop/system/login-item.ts'
import { createTempDir } from '../../support/temp-dir.ts'

test.each([
  ['/opt/Latchkey/latchkey', 'Exec="/opt/Latchkey/latchkey" --hidden'],
  ['/home/me/My Apps/latchkey', 'Exec="/home/me/My Apps/latchkey" --hidden'],
  ['/tmp/50%/latchkey', 'Exec="/tmp/50%%/latchkey" --hidden'],
  ['/tmp/$HOME/`id`/latchkey', 'Exec="/tmp/\\\\$HOME/\\\\`id\\\\`/latchkey" --hidden'],
  ['/tmp/a"b/latchkey', 'Exec="/tmp/a\\\\"b/latchkey" --hidden'],
])('the autostart entry starts %s and nothing else', (program, line) => {
  expect(autostartEntry(program).split('\n')).toContain(line)
})

test('a path with a line break cannot add lines to the entry', () => {
  expect(() => autostartEntry('/tmp/x\nExec=evil')).toThrow(RangeError)
})

test.each([
  ['an AppImage', { APPIMAGE: '/home/me/Latchkey.AppImage' }, '/home/me/Latchkey.AppImage'],
  ['a portable .exe', { PORTABLE_EXECUTABLE_FILE: 'D:\\Latchkey.exe' }, 'D:\\Latchkey.exe'],
  ['an installed app', {}, '/tmp/.mount/latchkey'],
])('%s is started by the file that outlives it', (_name, env, program) => {
  expect(startedProgram({ env, execPath: '/tmp/.mount/latchkey' })).toBe(program)
})

test.each([
  [{}, '/home/me/.config/autostart/latchkey.desktop'],
  [{ XDG_CONFIG_HOME: '/cfg' }, '/cfg/autostart/latchkey.desktop'],
])('the entry stands in the XDG autostart folder (%j)', (env, path) => {
  expect(autostartPath({ env, home: '/home/me' })).toBe(path)
})

/** Electron's two calls, which know macOS and Windows only. */
function recordingApp() {
  const calls: Settings[] = []
  return {
    calls,
    isDisabledInTaskManager: false,
    getLoginItemSettings() {
      const openAtLogin = calls.at(-1)?.openAtLogin ?? false
      const executableWillLaunchAtLogin = openAtLogin && !this.isDisabledInTaskManager
      return { openAtLogin, executableWillLaunchAtLogin } as LoginItemSettings
    },
    setLoginItemSettings: (settings: Settings) => void calls.push(settings),
  }
}

describe('switching it', () => {
  test('on Linux writes and removes the file, and never asks Electron', async () => {
    const home = await createTempDir()
    onTestFinished(home.remove)
    const app = recordingApp()
    const item = createLoginItem({ platform: 'linux', env: {}, home: home.path, execPath: '/opt/latchkey', app })
    const path = join(home.path, '.config/autostart/latchkey.desktop')
    expect(item.isOn()).toBe(false)
    item.set(true)
    expect(item.isOn()).toBe(true)
    expect(readFileSync(path, 'utf8')).toBe(autostartEntry('/opt/latchkey'))
    item.set(false)
    item.set(false)
    expect(existsSync(path)).toBe(false)
    expect(app.calls).toEqual([])
  })

  const entryIn = async (entry: string) => {
    const home = await createTempDir()
    onTestFinished(home.remove)
    const path = join(home.path, '.config/autostart/latchkey.desktop')
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, entry)
    const app = recordingApp()
    const item = createLoginItem({ platform: 'linux', env: {}, home: home.path, execPath: '/opt/new', app })
    return { item, entry: () => readFileSync(path, 'utf8') }
  }

  test('an entry of an AppImage that an update has renamed starts the one that runs now', async () => {
    const { item, entry } = await entryIn(autostartEntry('/home/me/Latchkey-0.1.0.AppImage'))
    expect(item.isOn()).toBe(true)
    expect(entry()).toBe(autostartEntry('/opt/new'))
  })

  test.each(['Hidden=true', 'X-GNOME-Autostart-enabled=false'])(
    'an entry that the desktop has switched off (%s) is off, and stays as it is',
    async (line) => {
      const off = autostartEntry('/home/me/old').replace('X-GNOME-Autostart-enabled=true', line)
      const { item, entry } = await entryIn(off)
      expect(item.isOn()).toBe(false)
      expect(entry()).toBe(off)
    },
  )

  test('an entry that is switched off in the Task Manager is off', () => {
    const app = recordingApp()
    const item = createLoginItem({ platform: 'win32', env: {}, home: '/nowhere', execPath: 'C:\\Latchkey.exe', app })
    item.set(true)
    app.isDisabledInTaskManager = true
    expect(item.isOn()).toBe(false)
  })

  test.each(['darwin', 'win32'] as const)('on %s asks Electron, hidden', (platform) => {
    const app = recordingApp()
    const item = createLoginItem({ platform, env: {}, home: '/nowhere', execPath: '/app/Latchkey', app })
    item.set(true)
    expect(app.calls).toEqual([{ openAtLogin: true, path: '/app/Latchkey', args: ['--hidden'] }])
    expect(item.isOn()).toBe(true)
  })
})
