// The entry of an app that was packed with this Electron. In place of default_app, which a packed app does not have.
import './newer-electron.cjs'

await import(new URL('../dist/main/desktop.js', import.meta.url))
