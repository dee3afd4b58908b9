// Starts the app that is named and does in its main process what the bench asks for over the channel of its parent. The
// floor has it as well, so that both carry it.
import { app, BrowserWindow } from 'electron'

app.on('browser-window-created', (_event, window) => {
  window.once('show', () => process.send({ shownAt: Number(process.hrtime.bigint() / 1000n) }))
})

const theWindow = () => BrowserWindow.getAllWindows()[0]
const orders = {
  /** As the person does it: the app may hide its window instead. */
  close: () => theWindow().close(),
  /** What the app itself does once its window has been hidden for long. */
  destroy: () => theWindow().destroy(),
  run: (script) => theWindow().webContents.executeJavaScript(script),
}
process.on('message', async ({ order, argument }) => {
  if (order === 'quit') return app.quit()
  process.send({ done: (await orders[order](argument)) ?? null })
})

await import(process.env.LATCHKEY_BENCH_APP)
