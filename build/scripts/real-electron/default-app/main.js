// Does for `electron [flags] <folder>` what Electron's own default_app does (electron/electron, default_app/main.ts), and
// no more: the package that carries this Electron comes without it.
import fs from 'node:fs'
import { Module } from 'node:module'
import path from 'node:path'
import url from 'node:url'
import { app } from 'electron'
import './newer-electron.cjs'

const { folder, preloaded } = readArguments(process.argv.slice(1))
// Playwright attaches through a module that it asks for with `-r`.
if (preloaded.length > 0) Module._preloadModules(preloaded)
Object.defineProperty(process, 'defaultApp', { configurable: false, enumerable: true, value: true })
try {
  await start(path.resolve(folder))
} catch (error) {
  console.error('App threw an error during load')
  console.error(error.stack ?? error)
  throw error
}

function readArguments(args) {
  const preloaded = []
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]
    if (arg === '--version' || arg === '-v') exitWith(0, `v${process.versions.electron}`)
    if (arg === '--require' || arg === '-r') preloaded.push(args[++index])
    else if (!arg.startsWith('-')) return { folder: arg, preloaded }
  }
  return exitWith(1, 'usage: electron <folder>')
}

function exitWith(code, line) {
  console.log(line)
  process.exit(code)
}

async function start(folder) {
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'))
  if (manifest.version) app.setVersion(manifest.version)
  app.name = manifest.productName ?? manifest.name
  app.setDesktopName(manifest.desktopName ?? `${app.name}.desktop`)
  app.setAppPath(folder)
  await import(url.pathToFileURL(Module._resolveFilename(folder, null, true)).toString())
}
