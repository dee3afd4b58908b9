import type { Session } from 'electron'
import { beforeAll, describe, expect, test } from 'vitest'
import { harden } from '../../../src-main/desktop/hardening/hardening.ts'
import { preventable } from '../stand-in/parts.ts'
import type { SessionRecord, WindowRecord } from '../stand-in/world.ts'
import { becomeDesktopProcess } from '../support/desktop-process.ts'

const { electron, world } = becomeDesktopProcess()

let session: SessionRecord
let window: WindowRecord
beforeAll(() => {
  harden({ app: electron.app, shell: electron.shell })
  new electron.BrowserWindow({ webPreferences: { partition: 'console' } })
  session = world.sessions.get('console') as SessionRecord
  window = world.windows[0] as WindowRecord
  window.url = 'app://console/'
})

function isRequestCancelled(url: string): boolean | undefined {
  let cancelled: boolean | undefined
  session.beforeRequest?.({ url }, (answer) => {
    cancelled = answer.cancel
  })
  return cancelled
}

test.each([
  ['app://console/api/state', false],
  ['blob:app://console/0c1b', false],
  ['http://127.0.0.1:11434/api/tags', true],
  ['https://example.org/', true],
  ['ws://localhost:1/', true],
  ['file:///etc/passwd', true],
  ['app://other/', true],
  ['blob:https://example.org/0c1b', true],
])('a request of the page to %s is cancelled: %s', (url, cancelled) => {
  expect(isRequestCancelled(url)).toBe(cancelled)
})

describe('permissions', () => {
  const request = (permission: string, requestingUrl = 'app://console/') => {
    const answers: boolean[] = []
    session.permissionRequest?.(window.window.webContents, permission as 'media', (granted) => answers.push(granted), {
      isMainFrame: requestingUrl.startsWith('app://console/'),
      requestingUrl,
    })
    return answers
  }
  const check = (permission: string, origin: string) =>
    session.permissionCheck?.(null, permission as 'media', origin, {} as never)

  test.each(['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal', 'fileSystem', 'unknown'])(
    '%s is denied, asked for or checked',
    (permission) => {
      expect(request(permission)).toEqual([false])
      expect(check(permission, 'app://console')).toBe(false)
    },
  )

  test('copying text out is the one that is granted, to the console only', () => {
    expect(request('clipboard-sanitized-write')).toEqual([true])
    // A frame of another page inside the console's.
    expect(request('clipboard-sanitized-write', 'https://example.org/')).toEqual([false])
    expect(check('clipboard-sanitized-write', 'app://console')).toBe(true)
    expect(check('clipboard-sanitized-write', 'https://example.org')).toBe(false)
  })

  test('no device is ever given', () => {
    expect(session.deviceAllowed?.()).toBe(false)
  })
})

test('every page gets a sandbox, also one that does not ask for it', () => {
  expect(world.sandboxesAll).toBe(true)
})

test('nobody attaches a debugger to the page of a packed app', () => {
  expect(world.removedSwitches).toEqual(['remote-debugging-port', 'remote-debugging-pipe'])
})

test('every other session is closed in the same way', () => {
  const other: Session = electron.session.fromPartition('made-by-mistake')
  const record = world.sessions.get('made-by-mistake')
  expect(record?.session).toBe(other)
  expect(record?.permissionCheck?.(null, 'media', 'https://example.org', {} as never)).toBe(false)
})

test.each([
  ['https://ollama.com/download', true],
  ['chatbox://provider/import?config=e30', true],
  ['chatbox://mcp/install?server=e30', false],
  ['https://example.org/', false],
  ['file:///etc/passwd', false],
  ['app://console/', false],
])('a window opened on %s is denied, and opens outside: %s', (url, outside) => {
  world.openedOutside.length = 0
  expect(window.windowOpen?.({ url } as never)).toEqual({ action: 'deny' })
  expect(world.openedOutside).toEqual(outside ? [url] : [])
})

test.each([
  ['will-navigate', { url: 'https://example.org/' }, true],
  ['will-navigate', { url: 'file:///etc/passwd' }, true],
  ['will-navigate', { url: 'app://console/#/keys' }, false],
  ['will-frame-navigate', { url: 'https://example.org/', isMainFrame: true }, true],
  ['will-frame-navigate', { url: 'app://console/', isMainFrame: false }, true],
  ['will-frame-navigate', { url: 'app://console/', isMainFrame: true }, false],
  ['will-redirect', { url: 'app://console/' }, true],
  ['will-attach-webview', {}, true],
] as const)('%s %j is prevented: %s', (name, details, prevented) => {
  const event = preventable(details)
  window.window.webContents.emit(name, event)
  expect(event.defaultPrevented).toBe(prevented)
})

test.each([
  ['https://example.org/x.exe', true],
  ['data:text/html,x', true],
  ['blob:app://console/0c1b', false],
])('a download of %s is prevented: %s', (url, prevented) => {
  const event = preventable()
  session.session.emit('will-download', event, { getURL: () => url })
  expect(event.defaultPrevented).toBe(prevented)
})

test('no certificate with an error is trusted, and none of the person’s is presented', () => {
  const answers: unknown[] = []
  const answer = (...given: unknown[]) => void answers.push(given)
  const error = preventable()
  electron.app.emit('certificate-error', error, {}, 'https://example.org', 'net::ERR', {}, answer)
  const choice = preventable()
  electron.app.emit('select-client-certificate', choice, {}, 'https://example.org', [], answer)
  expect([error.defaultPrevented, choice.defaultPrevented]).toEqual([true, true])
  expect(answers).toEqual([[false], []])
})
