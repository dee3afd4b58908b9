import { afterEach, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { requestOf, type StartedApp, startApp } from './started-app.ts'

let started: StartedApp

afterEach(() => started.stop())

test('a shell that the console may end is ended after the answer', async () => {
  let isEnded = false
  started = await startApp({
    quit: () => {
      isEnded = true
    },
  })
  const asked = started.call('POST /api/quit', {})
  expect(isEnded).toBe(false)
  expect(await asked).toEqual({ done: true })
  await until(() => isEnded, 'the end')
})

test('a server is not ended by its console, and says so', async () => {
  started = await startApp()
  const response = await started.ask(...requestOf('POST /api/quit', {}))
  expect(response.status).toBe(409)
  expect(await response.json()).toMatchObject({ error: { code: 'quit_unavailable' } })
})
