import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { beforeAll, expect, test, vi } from 'vitest'
import { becomeDesktopProcess } from '../support/desktop-process.ts'
import { type Meta, makeRemotePage, PROMISE_ARGUMENT, settle } from '../support/remote-page.ts'

// Raw messages, as a page that has been taken over can send them, to the real @electron/remote.
const { app, ipcMain } = becomeDesktopProcess().electron
const page = makeRemotePage(ipcMain)

const ABOUT = {
  version: '1.2.3',
  electron: '45.4.1',
  chromium: '156',
  node: '24',
  dataDir: '/home/me/latchkey',
  logFile: '/home/me/latchkey/latchkey.log',
}

/** Every channel on which the library listens, from its own list. */
const list = createRequire(import.meta.url).resolve('@electron/remote/dist/src/common/ipc-messages.js')
const CHANNELS = readFileSync(list.replace(/js$/, 'd.ts'), 'utf8').match(/REMOTE_BROWSER_\w+/g) ?? []

beforeAll(async () => {
  // The library prints the last argument of each message as if it were a stack.
  vi.spyOn(console, 'warn').mockReturnValue()
  const { leashRemote } = await import('../../../src-main/desktop/hardening/remote-leash.ts')
  leashRemote(app, ipcMain, ABOUT).hold(page.contents)
})

const NAMES = ['app', 'process', 'require', 'fs', 'child_process', 'global', '__proto__', 'constructor', '', null, 1]
const BODIES: unknown[][] = [
  [],
  ...NAMES.map((name) => [name]),
  [0, []],
  [1, []],
  [1, 'constructor'],
  [999, PROMISE_ARGUMENT],
  [1, 'constructor', PROMISE_ARGUMENT],
  ['context', 1],
  [{}],
  [PROMISE_ARGUMENT],
]

test('the library’s list of channels was found', () => {
  expect(CHANNELS).toHaveLength(14)
})

test.each(CHANNELS)('no message on %s hands over an object, a function or a promise', async (channel) => {
  for (const body of BODIES) {
    const answer = page.ask(channel, ...body)
    expect(isHarmless(answer), `${JSON.stringify(body)} gave ${JSON.stringify(answer)}`).toBe(true)
  }
  await settle()
  expect(page.received).toEqual([])
})

test.each(Object.entries(ABOUT))('the About page gets %s', (name, value) => {
  expect(page.ask('REMOTE_BROWSER_GET_GLOBAL', name)).toEqual({ type: 'value', value })
})

test.each(['process', 'console', 'toString', '__proto__', 'constructor', ['version'], { version: 1 }, undefined])(
  'getGlobal(%j) is refused',
  (name) => {
    expect(page.ask('REMOTE_BROWSER_GET_GLOBAL', name)?.type).toBe('exception')
  },
)

test('another page than the one window’s gets nothing', () => {
  expect(makeRemotePage(ipcMain).ask('REMOTE_BROWSER_GET_GLOBAL', 'version')?.type).toBe('exception')
})

/** Nothing at all, a refusal, or one of our strings. */
function isHarmless(answer: Meta | null | undefined): boolean {
  if (answer === null || answer === undefined) return true
  if (answer.type === 'value') return Object.values(ABOUT).includes(String(answer.value))
  const error = answer.value as Meta
  const onlyValues = (error.members ?? []).every((member) => (member.value as Meta).type === 'value')
  return answer.type === 'exception' && error.type === 'error' && onlyValues
}
