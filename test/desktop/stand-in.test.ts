import type * as Electron from 'electron'
import { expect, test } from 'vitest'
import { becomeDesktopProcess } from './support/desktop-process.ts'

const { electron } = becomeDesktopProcess()

test.each([
  ['app', () => electron.app.dock],
  ['session', () => electron.session.defaultSession],
  ['nativeImage', () => electron.nativeImage.createFromPath],
  ['electron', () => electron.powerMonitor],
])('a part that the stand-in does not play cannot be used by mistake: %s', (part, use) => {
  expect(use).toThrow(`the stand-in for Electron has no ${part}.`)
})

test('a member that the real types lack does not compile', () => {
  // @ts-expect-error: the type check of the tests fails when this line is no error.
  const withOneTooMany = { getVersion: () => '1', getVersoin: () => '1' } satisfies Partial<Electron.App>
  // @ts-expect-error: nor a result of another type.
  const withAnother = { getVersion: () => 1 } satisfies Partial<Electron.App>
  expect([withOneTooMany, withAnother]).toHaveLength(2)
})
