import { expect, test } from 'vitest'
import { type Settings, settingsSchema } from '#shared/settings/settings.ts'
import { PersonError } from '#shared/text/person-error.ts'
import type { SettingsFile } from '../../../src-main/base/host.ts'
import { type SettingsOptions, SettingsService } from '../../../src-main/settings/settings.ts'
import { upstreamUrl } from '../../../src-main/upstreams/address.ts'

/** Stands for a settings file whose disk can fill up. */
function fileOn(content: unknown) {
  const disk = { content, isFull: false, writes: 0 }
  const file: SettingsFile = {
    path: '/data/settings.json',
    read: () => disk.content,
    write: (settings) => {
      if (disk.isFull) throw new Error('ENOSPC')
      disk.writes += 1
      disk.content = settings
    },
  }
  return { disk, file }
}

function open({ file, overrides = {} }: Pick<SettingsOptions, 'file'> & Partial<SettingsOptions>) {
  return new SettingsService({ file, overrides, checkUpstream: upstreamUrl })
}

const accept = () => Promise.resolve()

test('without a file there are the defaults, and nothing is written until something changes', () => {
  const { disk, file } = fileOn(undefined)
  expect(open({ file }).read()).toEqual(settingsSchema.parse({}))
  expect(disk.writes).toBe(0)
})

test('unknown fields of another version do not count as damage', () => {
  const { file } = fileOn({ theme: 'dark', colour: 'teal' })
  expect(open({ file }).read()).toMatchObject({ theme: 'dark' })
})

test('a file that cannot be read at all is damage, not an empty one', () => {
  const unreadable: SettingsFile = {
    path: '/data/settings.json',
    read: () => {
      throw new SyntaxError('Unexpected token')
    },
    write: () => undefined,
  }
  expect(() => open({ file: unreadable })).toThrow(
    expect.objectContaining({
      code: 'settings_damaged',
      message: expect.stringContaining('/data/settings.json') as unknown,
    }),
  )
})

test('an invalid address from the command line ends the start with its own sentence', () => {
  const { file } = fileOn({})
  expect(() => open({ file, overrides: { upstream: 'http://127.0.0.1:99999' } })).toThrow(
    expect.objectContaining({ code: 'upstream_invalid' }),
  )
})

test('on a full disk a change is refused and not in effect', async () => {
  const { disk, file } = fileOn({ theme: 'dark' })
  const settings = open({ file })
  disk.isFull = true
  await expect(settings.change({ theme: 'light' }, accept)).rejects.toMatchObject({ code: 'settings_not_saved' })
  expect(settings.read().theme).toBe('dark')
  disk.isFull = false
  await settings.change({ theme: 'light' }, accept)
  expect(settings.read().theme).toBe('light')
})

test('a change counts only once it is real: until then the old settings are read, and a failure puts the file back', async () => {
  const { disk, file } = fileOn({ gatewayPort: 1 })
  const settings = open({ file })
  let during: Settings | undefined
  const refuse = () => {
    during = settings.read()
    return Promise.reject(new PersonError('port_taken', 'No.'))
  }
  await expect(settings.change({ gatewayPort: 2 }, refuse)).rejects.toMatchObject({ code: 'port_taken' })
  expect(during?.gatewayPort).toBe(1)
  expect(settings.read().gatewayPort).toBe(1)
  expect(disk.content).toMatchObject({ gatewayPort: 1 })
})

test('the command line wins over the file, and a later change here over the command line', async () => {
  const { disk, file } = fileOn({ gatewayPort: 1 })
  const settings = open({ file, overrides: { gatewayPort: 2, lan: 'all' } })
  expect(settings.read()).toEqual({ ...settingsSchema.parse({}), gatewayPort: 2, lan: 'all' })
  await settings.change({ theme: 'dark', gatewayPort: 2 }, accept)
  expect(disk.content).toMatchObject({ gatewayPort: 1, theme: 'dark' })
  await settings.change({ gatewayPort: 3 }, accept)
  expect(settings.read().gatewayPort).toBe(3)
  expect(disk.content).toMatchObject({ gatewayPort: 3 })
})
