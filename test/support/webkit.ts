import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'vitest'
import { findWebKit } from '../../build/scripts/programs/webkit.ts'
import { startDisplay } from '../../build/scripts/real-electron/display.ts'
import { freePort } from './free-port.ts'
import { createTempDir } from './temp-dir.ts'
import { WebDriverSession } from './web-driver.ts'

const PROGRAMS = findWebKit()
const NO_WEBKIT = 'there is no WebKitGTK with its driver and Xvfb: install webkit2gtk-driver and xvfb'

/** Tests that need WebKitGTK; skipped with the reason if there is none. */
export function inWebKit(tests: () => void): void {
  describe('in WebKitGTK', () => {
    if (PROGRAMS === undefined) it('nothing is tested', ({ skip }) => skip(NO_WEBKIT))
    else tests()
  })
}

export interface WebKitBrowser {
  readonly session: WebDriverSession
  /** The download folder. */
  readonly downloads: string
  close(): Promise<void>
}

/** A WebKitGTK browser with one window, on its own display and in its own home folder. */
export async function launchWebKit(): Promise<WebKitBrowser> {
  if (PROGRAMS === undefined) throw new Error(NO_WEBKIT)
  const home = await createTempDir()
  const display = await startDisplay([])
  const { url, end } = await startDriver(PROGRAMS.driver, { HOME: home.path, DISPLAY: display.name })
  const close = async () => {
    await end()
    display.stop()
    await home.remove()
  }
  try {
    const session = await WebDriverSession.start(url, {
      acceptInsecureCerts: true,
      'webkitgtk:browserOptions': { binary: PROGRAMS.browser, args: ['--automation'] },
    })
    const endAll = async () => {
      await session.end()
      await close()
    }
    return { session, downloads: home.path, close: endAll }
  } catch (error) {
    await close()
    throw error
  }
}

async function startDriver(program: string, variables: Record<string, string>) {
  const port = await freePort()
  // No graphics card is available.
  const drawing = { WEBKIT_DISABLE_COMPOSITING_MODE: '1', LIBGL_ALWAYS_SOFTWARE: '1' }
  const env = { ...process.env, ...drawing, ...variables }
  const driver = spawn(program, [`--port=${port}`], { stdio: 'ignore', env })
  return { url: `http://127.0.0.1:${port}`, end: () => endOf(driver) }
}

async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill()
  await ended
}
