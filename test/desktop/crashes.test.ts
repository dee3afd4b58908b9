import { EventEmitter } from 'node:events'
import { beforeAll, expect, test } from 'vitest'
import { recordCrashes } from '../../src-main/desktop/crashes.ts'
import { becomeDesktopProcess } from './support/desktop-process.ts'

const { electron } = becomeDesktopProcess()
const process = new EventEmitter()
const logged: { details: object; message: string }[] = []
const note = (details: object, message: string) => void logged.push({ details, message })
const endedWith: unknown[] = []

beforeAll(() => {
  const giveUp = (error: unknown) => void endedWith.push(error)
  recordCrashes({ app: electron.app, process, log: { info: note, warn: note, error: note }, giveUp })
})

test('an error that nobody caught is in the log, and ends the app with a word', () => {
  const error = new Error('broken')
  process.emit('uncaughtException', error)
  expect(logged.at(-1)).toEqual({ details: { err: error }, message: 'the app has failed and ends' })
  expect(endedWith).toEqual([error])
})

test('an operation that failed unnoticed is in the log, and the gateway goes on', () => {
  const error = new Error('unnoticed')
  process.emit('unhandledRejection', error)
  expect(logged.at(-1)).toEqual({ details: { err: error }, message: 'something failed unnoticed' })
  expect(endedWith).toHaveLength(1)
})

test.each([
  ['child-process-gone', [{}, { type: 'GPU', reason: 'crashed', exitCode: 1 }], 'a process of the app has gone'],
  ['render-process-gone', [{}, {}, { reason: 'oom', exitCode: 2 }], 'the window’s process has gone'],
])('%s is in the log', (name, details, message) => {
  electron.app.emit(name, ...details)
  expect(logged.at(-1)?.message).toBe(message)
})
