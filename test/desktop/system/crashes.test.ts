import { beforeAll, expect, test } from 'vitest'
import { recordCrashes } from '../../../src-main/desktop/system/crashes.ts'
import { becomeDesktopProcess } from '../support/desktop-process.ts'

const { electron } = becomeDesktopProcess()
const logged: string[] = []
const note = (_details: object, message: string) => void logged.push(message)

beforeAll(() => recordCrashes({ app: electron.app, log: { info: note, warn: note, error: note } }))

test.each([
  [
    'child-process-gone',
    [{}, { type: 'GPU', reason: 'crashed', exitCode: 1 }],
    'a process of the app ended unexpectedly',
  ],
  ['render-process-gone', [{}, {}, { reason: 'oom', exitCode: 2 }], 'the window’s process ended unexpectedly'],
])('%s is in the log', (name, details, message) => {
  electron.app.emit(name, ...details)
  expect(logged.at(-1)).toBe(message)
})
