import { enable, initialize } from '@electron/remote/main'
import type { App, IpcMain, WebContents } from 'electron'
import type { About } from '#shared/console-api/desktop-bridge.ts'

/** The events by which @electron/remote asks whether it may hand an object to a page. */
const FILTER_EVENTS = [
  'remote-require',
  'remote-get-builtin',
  'remote-get-global',
  'remote-get-current-window',
  'remote-get-current-web-contents',
] as const

/**
 * The channels on which a page works with objects it was given. This app never gives it one, but that does not suffice:
 * the library unwraps the arguments of a call before it looks the object up, and for a `promise` argument it gives the
 * page two real functions (Promise.resolve's), whose `constructor` runs any code in this process. So these channels are
 * taken away from the library.
 */
const OBJECT_CHANNELS = [
  'REMOTE_BROWSER_CONSTRUCTOR',
  'REMOTE_BROWSER_FUNCTION_CALL',
  'REMOTE_BROWSER_MEMBER_CONSTRUCTOR',
  'REMOTE_BROWSER_MEMBER_CALL',
  'REMOTE_BROWSER_MEMBER_SET',
  'REMOTE_BROWSER_MEMBER_GET',
  'REMOTE_BROWSER_DEREFERENCE',
  'REMOTE_BROWSER_CONTEXT_RELEASE',
  'REMOTE_BROWSER_WRONG_CONTEXT_ERROR',
] as const

/** @electron/remote 2.1.3 reads this field of its event; the event has no preventDefault(). */
interface FilterEvent {
  defaultPrevented: boolean
  returnValue: unknown
}

export interface Leash {
  /** Allows this window to ask. */
  hold(contents: WebContents): void
}

/** Starts @electron/remote so that it answers only `getGlobal` for a name in `about`, with its string. */
export function leashRemote(app: App, ipcMain: IpcMain, about: About): Leash {
  initialize()
  for (const channel of OBJECT_CHANNELS) {
    ipcMain.removeAllListeners(channel)
    // A page that waits in sendSync must get an answer, or it hangs.
    ipcMain.on(channel, (event) => {
      event.returnValue = null
    })
  }
  for (const name of FILTER_EVENTS) {
    onFilter(app, name, (event, asked) => {
      event.defaultPrevented = true
      // The library refuses an undefined value. Any other value must be one of our own strings.
      if (name === 'remote-get-global') event.returnValue = aboutString(about, asked)
    })
  }
  return { hold: (contents) => enable(contents) }
}

function aboutString(about: About, asked: unknown): string | undefined {
  if (typeof asked !== 'string' || !Object.hasOwn(about, asked)) return undefined
  return String(about[asked as keyof About])
}

/** These events are not in Electron's types: @electron/remote emits them on `app` with (event, contents, ...details). */
function onFilter(app: App, name: string, listener: (event: FilterEvent, asked: unknown) => void): void {
  const emitter: NodeJS.EventEmitter = app
  emitter.on(name, (event: FilterEvent, _contents: WebContents, asked: unknown) => listener(event, asked))
}
