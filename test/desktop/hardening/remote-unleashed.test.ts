import type { WebContents } from 'electron'
import { expect, test } from 'vitest'
import { becomeDesktopProcess } from '../support/desktop-process.ts'
import { makeRemotePage, PROMISE_ARGUMENT, settle } from '../support/remote-page.ts'

// Why remote-leash.ts closes channels that no filter event guards: this shows that it has to.
interface RemoteMain {
  initialize(): void
  enable(contents: WebContents): void
}

test('with the filter events alone, one promise as an argument lets a page run code in the main process', async () => {
  const { electron, load } = becomeDesktopProcess()
  const remote = load('@electron/remote/main') as RemoteMain
  const page = makeRemotePage(electron.ipcMain)
  const app: NodeJS.EventEmitter = electron.app
  for (const what of ['require', 'get-builtin', 'get-global', 'get-current-window', 'get-current-web-contents']) {
    app.on(`remote-${what}`, (event: { defaultPrevented: boolean }) => {
      event.defaultPrevented = true
    })
  }
  remote.initialize()
  remote.enable(page.contents)

  expect(page.ask('REMOTE_BROWSER_GET_GLOBAL', 'process')?.type).toBe('exception')
  expect(page.ask('REMOTE_BROWSER_FUNCTION_CALL', 999, PROMISE_ARGUMENT)?.type).toBe('exception')
  await settle()
  const resolve = page.received[0]?.members?.[0]
  expect(resolve?.type).toBe('function')
  const maker = page.ask('REMOTE_BROWSER_MEMBER_GET', resolve?.id, 'constructor')
  const made = page.ask('REMOTE_BROWSER_FUNCTION_CALL', maker?.id, [{ type: 'value', value: 'return process.pid' }])
  expect(page.ask('REMOTE_BROWSER_FUNCTION_CALL', made?.id, [])).toEqual({ type: 'value', value: process.pid })
})
