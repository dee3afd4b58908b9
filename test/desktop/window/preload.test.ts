import { readFileSync } from 'node:fs'
import { createContext, runInContext } from 'node:vm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DesktopBridge } from '#shared/console-api/desktop-bridge.ts'
import { type Bundle, bundleDesktop } from '../support/bundle.ts'

let bundle: Bundle
beforeAll(async () => {
  bundle = await bundleDesktop()
})
afterAll(() => bundle.remove())

/** A sandboxed preload as Electron documents it: only these modules, and only this much of `process`. */
function runSandboxed(answer: (channel: string, name: string) => unknown) {
  const exposed: Record<string, unknown> = {}
  const asked: string[] = []
  const electron = {
    contextBridge: { exposeInMainWorld: (name: string, api: unknown) => Object.assign(exposed, { [name]: api }) },
    ipcRenderer: {
      on: () => undefined,
      sendSync: (channel: string, _context: string, name: string) => {
        asked.push(channel)
        return answer(channel, name)
      },
    },
    nativeImage: {},
  }
  const modules: Record<string, unknown> = { electron }
  const globals = {
    console,
    module: { exports: {} },
    exports: {},
    process: { contextId: '1-1', platform: 'linux', versions: {}, argv: [], type: 'renderer', on: () => undefined },
    require(name: string) {
      if (name in modules) return modules[name]
      throw new Error(`a sandboxed preload cannot load ${name}`)
    },
  }
  const context = createContext({ ...globals, global: {} })
  runInContext('global = globalThis; var window = globalThis', context)
  runInContext(readFileSync(bundle.preload, 'utf8'), context)
  return { exposed, asked }
}

test('the preload is one file that a sandbox can load, and exposes one small object', () => {
  const { exposed, asked } = runSandboxed(() => undefined)
  expect(Object.keys(exposed)).toEqual(['latchkeyDesktop'])
  expect(Object.keys(exposed['latchkeyDesktop'] as object).sort()).toEqual(['about', 'shell'])
  expect(asked).toEqual([])
})

test('About asks for strings by name, on the one channel that answers', () => {
  const { exposed, asked } = runSandboxed((_channel, name) => ({ type: 'value', value: `the ${name}` }))
  const bridge = exposed['latchkeyDesktop'] as DesktopBridge
  expect({ ...bridge.about() }).toEqual({
    version: 'the version',
    electron: 'the electron',
    chromium: 'the chromium',
    node: 'the node',
    dataDir: 'the dataDir',
    logFile: 'the logFile',
  })
  expect(new Set(asked)).toEqual(new Set(['REMOTE_BROWSER_GET_GLOBAL']))
})
