import { EventEmitter } from 'node:events'
import type { IpcMain, WebContents } from 'electron'

/** A value as @electron/remote writes it for a page. */
export interface Meta {
  type: string
  id?: number
  value?: unknown
  members?: Meta[]
}

/** The library unwraps it by Promise.resolve, which calls the page's `then` with two functions of the main process. */
export const PROMISE_ARGUMENT: unknown = JSON.parse(
  '[{"type":"promise","then":{"type":"function","id":7,"location":"page","length":2}}]',
)

/** A page that has been taken over: it sends what it likes on the library's channels. */
export interface RemotePage {
  readonly contents: WebContents
  /** Sends a raw message and returns the answer. */
  ask(channel: string, ...args: unknown[]): Meta | null | undefined
  /** The values that the main process passed to the page's callbacks. */
  readonly received: Meta[]
}

export function makeRemotePage(ipcMain: IpcMain): RemotePage {
  const received: Meta[] = []
  const contents = Object.assign(new EventEmitter(), {
    id: 1,
    isDestroyed: () => false,
    sendToFrame: (_frame: unknown, _channel: string, _context: string, _id: number, args: Meta) => {
      received.push(args)
    },
  }) as unknown as WebContents
  const ask: RemotePage['ask'] = (channel, ...args) => {
    const event = { sender: contents, frameId: [1, 1], returnValue: undefined }
    ipcMain.emit(channel, event, 'context', ...args)
    return event.returnValue
  }
  return { contents, ask, received }
}

/** Lets promises go on that the library may have begun. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate)
}
