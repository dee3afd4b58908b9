import { expect, test } from 'vitest'
import { type Settings, settingsSchema } from '#shared/settings/settings.ts'
import { besideMain } from '../../../src-main/settings/beside-main.ts'
import { SettingsService } from '../../../src-main/settings/settings.ts'
import { UpstreamCredential } from '../../../src-main/upstreams/credential.ts'

/** A file that several processes read. */
function sharedFile() {
  let content: unknown
  return {
    path: '/data/settings.json',
    read: () => content,
    write: (settings: Settings) => {
      content = settings
    },
    damage: () => {
      content = { unknownOrigins: 'blok' }
    },
  }
}

const open = (
  file: ReturnType<typeof sharedFile>,
  overrides: Partial<Settings> = {},
  view?: (s: Settings) => Settings,
) => new SettingsService({ file, overrides, checkUpstream: () => undefined, ...(view === undefined ? {} : { view }) })

const nothing = () => Promise.resolve()

test('a process follows what another has changed, and what still overrides the file', async () => {
  const file = sharedFile()
  const overrides = { gatewayPort: 1, upstream: 'http://127.0.0.1:9' }
  const [main, other] = [open(file, overrides), open(file, overrides)]
  await main.change({ gatewayPort: 2, retentionDays: 7 }, nothing)
  const applied: number[][] = []
  const after = await other.reread(main.overriding(), async (next, last) => {
    applied.push([last.gatewayPort, next.gatewayPort])
  })
  expect(applied).toEqual([[1, 2]])
  expect(after).toEqual(main.read())
  expect(other.read()).toMatchObject({ gatewayPort: 2, retentionDays: 7, upstream: 'http://127.0.0.1:9' })
})

test('nothing is applied if nothing has changed', async () => {
  const file = sharedFile()
  const one = open(file)
  const before = one.read()
  const after = await one.reread({}, () => Promise.reject(new Error('applied')))
  expect(after).toBe(before)
})

test('a change that cannot be applied or read leaves everything as it was', async () => {
  const file = sharedFile()
  const [main, other] = [open(file), open(file)]
  const before = other.read()
  await main.change({ gatewayPort: 2 }, nothing)
  await expect(other.reread({}, () => Promise.reject(new Error('port taken')))).rejects.toThrow('port taken')
  expect(other.read()).toBe(before)
  file.damage()
  await expect(other.reread({}, nothing)).rejects.toMatchObject({ code: 'settings_damaged' })
  expect(other.read()).toBe(before)
})

test('a process beside the main one announces nothing, and leaves the own authority to it', () => {
  const settings = settingsSchema.parse({ lan: 'all', discovery: true, shareConsole: true })
  expect(besideMain(settings)).toMatchObject({ lan: [], discovery: false, shareConsole: false })
  expect(besideMain({ ...settings, lanTls: 'files' })).toMatchObject({ lan: 'all', discovery: false })
  expect(besideMain({ ...settings, lanTls: 'off' })).toMatchObject({ lan: 'all', shareConsole: false })
  const file = sharedFile()
  file.write(settings)
  expect(open(file, { lan: ['10.0.0.1'] }, besideMain).read().lan).toEqual([])
})

test('the upstream’s key is read again', async () => {
  let stored: string | null = null
  const vault = {
    read: async () => stored,
    write: async (secret: string | null) => {
      stored = secret
    },
    weakness: () => null,
  }
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const options = { env: {}, secretVault: () => vault, log }
  const [main, other] = [await UpstreamCredential.open(options), await UpstreamCredential.open(options)]
  await main.change('secret', 'http://127.0.0.1:9')
  expect(other.read()).toBeNull()
  await other.reread()
  const held = other.read()
  expect(held).toEqual(main.read())
  await other.reread()
  // The same object until it changes.
  expect(other.read()).toBe(held)
})
