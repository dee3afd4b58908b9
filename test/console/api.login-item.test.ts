import { afterEach, expect, test } from 'vitest'
import { requestOf, type StartedApp, startApp } from './started-app.ts'

let started: StartedApp

afterEach(() => started.stop())

const set = (on: boolean) => started.ask(...requestOf('PUT /api/login-item', { on }))

test('the shell’s start at login is changed, and the audit trail has the change', async () => {
  let isOn = false
  started = await startApp({ loginItem: { isOn: async () => isOn, set: async (on) => void (isOn = on) } })
  expect(await started.call('GET /api/login-item', {})).toEqual({ available: true, on: false })
  expect(await started.call('PUT /api/login-item', { on: true })).toEqual({ available: true, on: true })
  expect(isOn).toBe(true)
  expect(started.events).toContainEqual({ type: 'settings' })
  const [entry] = await started.call('GET /api/audit', {})
  expect(entry).toMatchObject({ action: 'settings.change', fields: ['loginItem'] })
})

test('a shell that cannot says so', async () => {
  started = await startApp()
  expect(await started.call('GET /api/login-item', {})).toEqual({ available: false, on: false })
  const response = await set(true)
  expect(response.status).toBe(409)
  expect(await response.json()).toMatchObject({ error: { code: 'login_item_unavailable' } })
})

test('a sentence reports a system that does not allow it', async () => {
  started = await startApp({ loginItem: { isOn: async () => false, set: () => Promise.reject(new Error('EACCES')) } })
  const response = await set(true)
  expect(await response.json()).toMatchObject({ error: { code: 'login_item_failed' } })
})
