// The floor: an Electron app with a tray icon, a menu of one row and a window with an empty page. No core, no page of ours.
import { app, BrowserWindow, Menu, nativeImage, Tray } from 'electron'

app.enableSandbox()
app.setPath('userData', process.env.LATCHKEY_DATA_DIR)
app.on('window-all-closed', () => {})
let tray
let quitting = false
void app.whenReady().then(() => {
  const pixels = Buffer.alloc(16 * 16 * 4, 0x80)
  tray = new Tray(nativeImage.createFromBitmap(pixels, { width: 16, height: 16 }))
  tray.setContextMenu(Menu.buildFromTemplate([{ label: 'Quit', click: () => app.quit() }]))
  tray.on('click', open)
  if (!process.argv.includes('--hidden')) open()
})
app.on('before-quit', () => {
  quitting = true
})

function open() {
  const [window] = BrowserWindow.getAllWindows()
  if (window === undefined) makeWindow()
  else window.show()
}

function makeWindow() {
  // Shown when its page is painted, as Latchkey's is.
  const window = new BrowserWindow({ width: 1080, height: 760, show: false, webPreferences: { partition: 'console' } })
  window.on('close', (event) => {
    if (quitting) return
    event.preventDefault()
    window.hide()
  })
  window.once('ready-to-show', () => window.show())
  void window.loadURL('data:text/html,<title>Empty</title>')
}
