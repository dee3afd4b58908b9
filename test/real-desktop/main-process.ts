import { once } from 'node:events'

/** The main process of an app that was started with `--inspect`, by Node's own debugger. */
export interface MainProcess {
  /** Runs code in the window's page and resolves to what it gives. */
  inPage<T>(code: string): Promise<T>
  close(): void
}

interface Reply {
  readonly id: number
  readonly result?: { readonly result: { readonly value?: unknown }; readonly exceptionDetails?: object }
}

export async function attachTo(address: string): Promise<MainProcess> {
  const socket = new WebSocket(address)
  await once(socket, 'open')
  let last = 0
  const waiting = new Map<number, (reply: Reply) => void>()
  socket.addEventListener('message', ({ data }) => {
    const reply = JSON.parse(String(data)) as Reply
    waiting.get(reply.id)?.(reply)
  })
  async function evaluate(expression: string): Promise<unknown> {
    const id = ++last
    // Only the debugger's own API has `require` in an app of ES modules.
    const params = { expression, includeCommandLineAPI: true, awaitPromise: true, returnByValue: true }
    const replied = new Promise<Reply>((resolve) => waiting.set(id, resolve))
    socket.send(JSON.stringify({ id, method: 'Runtime.evaluate', params }))
    const { result } = await replied
    if (result?.exceptionDetails !== undefined) throw new Error(JSON.stringify(result.exceptionDetails))
    return result?.result.value
  }
  return {
    inPage: <T>(code: string) =>
      evaluate(
        `require('electron').BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(${JSON.stringify(code)})`,
      ) as Promise<T>,
    close: () => socket.close(),
  }
}
