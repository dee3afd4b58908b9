import { existsSync } from 'node:fs'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type MadePackages, makePackages } from './made-packages.ts'
import { asRoot, reasonToSkip } from './throw-away-system.ts'

const PROGRAM = '/opt/Latchkey/latchkey'
const COMMAND = '/usr/bin/latchkey'

const reason = reasonToSkip()

// By Debian's rpm, which has a database of its own and knows nothing of what the deb's depend on: so that is left out.
describe('the rpm', () => {
  let made: MadePackages
  beforeAll(async () => {
    if (reason === undefined) made = await makePackages()
  })
  beforeEach((context) => context.skip(reason !== undefined, reason))

  const rpm = (...args: string[]) => asRoot('rpm', '--nodeps', ...args)
  const field = (file: string, name: string) =>
    asRoot('rpm', '--query', '--package', '--queryformat', `%{${name}}`, file)
  const command = () => asRoot('readlink', '-f', COMMAND).trim()

  test('names the kind of computer as rpm does, and the libraries that Electron does not start without', () => {
    const file = made.rpm
    expect([field(file, 'NAME'), field(file, 'ARCH'), field(file, 'LICENSE')]).toEqual(['latchkey', 'x86_64', 'MIT'])
    const wanted = asRoot('rpm', '--query', '--package', '--requires', file).split('\n')
    expect(wanted).toEqual(
      expect.arrayContaining(['gtk3', 'nss', '(alsa-lib or libasound2)', '(mesa-libgbm or libgbm1)']),
    )
  })

  test('brings nothing but the app, its icons and its entry', () => {
    const files = asRoot('rpm', '--query', '--package', '--list', made.rpm).trim().split('\n')
    const own = /^\/(?:opt\/Latchkey|usr\/share\/(?:applications|icons)\/)/
    expect(files.filter((file) => !own.test(file))).toEqual([])
  })

  test('is installed whole, with the command', () => {
    rpm('--install', made.rpm)
    // The script for after the installation may give Chromium's sandbox another mode.
    expect(asRoot('rpm', '--verify', '--nodeps', '--nomode', 'latchkey')).toBe('')
    expect(command()).toBe(PROGRAM)
  })

  // As with an upgrade the script for removal is called last, when everything is in place.
  test('still has the command after it was installed once more', () => {
    rpm('--reinstall', made.rpm)
    expect(command()).toBe(PROGRAM)
    expect(existsSync(PROGRAM)).toBe(true)
  })

  test('is erased without a trace', () => {
    rpm('--erase', 'latchkey')
    expect(['/opt/Latchkey', COMMAND, '/etc/apparmor.d/latchkey'].filter((path) => existsSync(path))).toEqual([])
  })
})
