import { createRequire, registerHooks } from 'node:module'
import type * as Electron from 'electron'
import type { World } from '../stand-in/world.ts'

const nodeRequire = createRequire(import.meta.url)
const STAND_IN = new URL('../stand-in/electron.ts', import.meta.url)

/** Electron's main process as the stand-in plays it, in this test's own process. */
export interface DesktopProcess {
  readonly electron: typeof Electron
  readonly world: World
  /** Loads a bundle or a package by Node's own loader, with `electron` answered by the stand-in. */
  load(file: string): unknown
}

/**
 * Makes this process look like Electron's main process. Call once per test file: each has a process of its own, and the
 * app, like Electron's, is one per process.
 */
export function becomeDesktopProcess(): DesktopProcess {
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'electron' ? { url: STAND_IN.href, shortCircuit: true } : next(specifier, context),
  })
  // @electron/remote asks for its version, and for a binding that only Electron has and that no test here reaches.
  Object.defineProperty(process.versions, 'electron', { value: '45.4.1' })
  const resourcesPath = process.resourcesPath ?? '/nowhere/resources'
  Object.assign(process, { resourcesPath, _linkedBinding: () => ({ getHiddenValue: () => undefined }) })
  return {
    electron: nodeRequire('electron') as typeof Electron,
    world: (nodeRequire('../stand-in/world.ts') as { world: World }).world,
    load: nodeRequire,
  }
}
