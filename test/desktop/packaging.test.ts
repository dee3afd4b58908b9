import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Configuration } from 'electron-builder'
import { beforeAll, expect, test } from 'vitest'
import { LANGUAGES } from '#shared/settings/languages.ts'
import { APP_ID } from '../../src-main/desktop/system/app-id.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The part of app-builder-lib, the library under electron-builder, that reads and judges a configuration. */
interface ConfigModule {
  getConfig(projectDir: string, configPath: string, fromOptions: null): Promise<Configuration>
  validateConfiguration(config: Configuration, debugLogger: object): Promise<void>
}

const ofElectronBuilder = createRequire(createRequire(import.meta.url).resolve('electron-builder'))
const { getConfig, validateConfiguration } = ofElectronBuilder(
  'app-builder-lib/out/util/config/config.js',
) as ConfigModule
const { DebugLogger } = ofElectronBuilder('builder-util') as { DebugLogger: new (enabled: boolean) => object }

let config: Configuration
beforeAll(async () => {
  config = await getConfig(ROOT, 'electron-builder.yml', null)
})

test('electron-builder accepts its configuration', async () => {
  await expect(validateConfiguration(config, new DebugLogger(false))).resolves.toBeUndefined()
})

test('and would not accept one with a mistyped name', async () => {
  const mistyped = { ...config, asarUnpak: true } as Configuration
  await expect(validateConfiguration(mistyped, new DebugLogger(false))).rejects.toThrow('asarUnpak')
})

test('the app has Chromium’s own words for every language that it speaks', () => {
  expect(config.electronLanguages).toEqual(expect.arrayContaining(Object.keys(LANGUAGES)))
})

test('no fuse leaves a way into the app from outside', () => {
  expect(config.electronFuses).toEqual({
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    onlyLoadAppFromAsar: true,
    enableCookieEncryption: true,
    enableEmbeddedAsarIntegrityValidation: true,
    grantFileProtocolExtraPrivileges: false,
    resetAdHocDarwinSignature: true,
  })
})

const ARCHS = ['x64', 'arm64']

test.each([
  ['win', ['nsis', 'portable']],
  ['mac', ['dmg', 'zip']],
  ['linux', ['AppImage', 'deb', 'rpm', 'tar.gz']],
] as const)('%s gets %j, each for Intel and for ARM', (platform, targets) => {
  expect(config[platform]?.target).toEqual(targets.map((target) => ({ target, arch: ARCHS })))
})

test('deb and rpm have the address and the maintainer without which they cannot be made, both reaching nobody', () => {
  expect(config.extraMetadata).toMatchObject({ homepage: expect.stringMatching(/^https:\/\/[a-z]+\.invalid\//) })
  expect(config.linux?.maintainer).toMatch(/^.+ <\S+@\S+\.invalid>$/)
})

test('macOS runs it hardened, with the one entitlement that V8 needs', () => {
  expect(config.mac?.hardenedRuntime).toBe(true)
  for (const file of [config.mac?.entitlements, config.mac?.entitlementsInherit]) {
    const keys = readFileSync(join(ROOT, String(file)), 'utf8').match(/(?<=<key>).*(?=<\/key>)/g)
    expect(keys).toEqual(['com.apple.security.cs.allow-jit'])
  }
})

test('the app is one archive, whose hash macOS and Windows check', () => {
  // The fuse that checks the hash is useless where the app may also come from a folder beside the archive.
  expect(config.asar).not.toBe(false)
  expect(config.electronFuses).toMatchObject({
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
  })
})

test('the desktop entry names the window’s class, and opens latchkey: links', () => {
  expect(config.linux?.desktop).toMatchObject({ entry: { StartupWMClass: 'latchkey' } })
  expect(config.protocols).toEqual([{ name: 'Latchkey', schemes: ['latchkey'] }])
})

test('Windows knows the running app by the id that its installer wrote down', () => {
  expect(config.appId).toBe(APP_ID)
})

test('macOS shows the buttons of a question, which it does for alerts only', () => {
  expect(config.mac?.extendInfo).toMatchObject({ NSUserNotificationAlertStyle: 'alert' })
})

test.each(['win32', 'darwin', 'linux'])(
  'the database’s library for %s is among those that come with it',
  (platform) => {
    const { files } = { win32: config.win, darwin: config.mac, linux: config.linux }[platform] ?? {}
    for (const arch of ARCHS) {
      expect(existsSync(join(ROOT, `node_modules/better-sqlite3/prebuilds/${platform}-${arch}.node`))).toBe(true)
    }
    expect(JSON.stringify(files)).toContain(`!node_modules/better-sqlite3/prebuilds/!(${platform}-\${arch}).node`)
  },
)

test('building uploads nothing', () => {
  expect(config.publish).toMatchObject({ provider: 'generic' })
})

test('the list of files begins with what is wanted, so that the rest stays out', () => {
  const [first] = config.files as { filter: string[] }[]
  expect(first?.filter[0]).toBe('dist/main/**')
})

test('every file it names is there', () => {
  const scripts = [config.deb?.afterRemove, config.rpm?.afterRemove]
  const named = [config.icon, config.linux?.icon, config.mac?.entitlements, config.mac?.entitlementsInherit, ...scripts]
  expect(named.filter((file) => !existsSync(join(ROOT, String(file))))).toEqual([])
})
