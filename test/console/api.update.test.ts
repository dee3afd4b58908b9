import { afterEach, expect, test, vi } from 'vitest'
import type { UpdateState } from '#shared/settings/updates.ts'
import type { Updates } from '../../src-main/base/host.ts'
import { type StartedApp, startApp } from './started-app.ts'

const ACTIONS = ['look', 'load', 'cancel', 'install'] as const

let started: StartedApp
afterEach(() => started.stop())

test('where something else updates the program, nothing is looked for and nothing happens', async () => {
  started = await startApp()
  expect(await started.call('GET /api/update', {})).toEqual({ status: 'off' })
  for (const action of ACTIONS) expect(await started.call(`POST /api/update/${action}`, {})).toEqual({ status: 'off' })
})

test('the shell does what the console asks for, and what comes of it is told to everyone', async () => {
  let state: UpdateState = { status: 'unknown', failure: null }
  let listener: (next: UpdateState) => void = () => {}
  const become = (next: UpdateState) => {
    state = next
    listener(next)
  }
  const updates = {
    state: () => state,
    onChange: (to) => {
      listener = to
    },
    look: vi.fn(async () => become({ status: 'current' })),
    load: vi.fn(async () => {}),
    cancel: vi.fn(),
    install: vi.fn(async () => {}),
  } satisfies Updates
  started = await startApp({ updates })
  for (const action of ACTIONS) {
    expect(await started.call(`POST /api/update/${action}`, {})).toEqual({ status: 'current' })
    expect(updates[action]).toHaveBeenCalledOnce()
  }
  expect(await started.call('GET /api/update', {})).toEqual({ status: 'current' })
  expect(started.events).toContainEqual({ type: 'update', update: { status: 'current' } })
})
