import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { findElectron } from '../../build/scripts/programs/electron.ts'
import type { DesktopServices } from '../../test/real-desktop/desktop-services.ts'

const DRIVER = fileURLToPath(new URL('driver', import.meta.url))

/** The apps that are compared. */
export const APPS = {
  Latchkey: new URL('../../dist/main/desktop.js', import.meta.url).href,
  'floor: empty app': new URL('driver/empty.js', import.meta.url).href,
} as const
export type AppName = keyof typeof APPS

export interface StartOptions {
  readonly dataDir: string
  readonly services: DesktopServices
  /** Starts it as at login: into the tray. */
  readonly hidden?: boolean
}

type Order = 'close' | 'destroy' | 'run' | 'quit'

/** An app in the real Electron, with nothing attached to it but a channel that is silent until it is asked. */
export class MeasuredApp {
  readonly pid: number
  /** Milliseconds from starting the process to the icon in the panel. */
  readonly toTray: number
  readonly #child: ChildProcess
  readonly #startedAt: number
  readonly #shown: Promise<number>

  private constructor(child: ChildProcess, times: { startedAt: number; toTray: number; shown: Promise<number> }) {
    this.#child = child
    this.pid = Number(child.pid)
    this.toTray = times.toTray
    this.#startedAt = times.startedAt
    this.#shown = times.shown
  }

  /** Resolves when its icon is in the tray. */
  static async start(name: AppName, { dataDir, services, hidden = false }: StartOptions): Promise<MeasuredApp> {
    mkdirSync(dataDir, { recursive: true })
    const icon = services.nextIcon()
    const args = [DRIVER, ...(hidden ? ['--hidden'] : [])]
    const env = { ...process.env, LATCHKEY_BENCH_APP: APPS[name], LATCHKEY_DATA_DIR: dataDir }
    const startedAt = now()
    const child = spawn(String(findElectron()), args, { env, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    const shown = nextShown(child)
    await icon
    return new MeasuredApp(child, { startedAt, toTray: now() - startedAt, shown })
  }

  /** Milliseconds from starting the process to the first page that was painted, which is when the window is shown. */
  async toFirstPaint(): Promise<number> {
    return (await this.#shown) - this.#startedAt
  }

  /** Resolves to what the window's page gives, for `run`. */
  async order(order: Order, argument?: string): Promise<unknown> {
    const done = nextOf(this.#child, 'done')
    this.#child.send({ order, argument })
    return done
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.send({ order: 'quit' })
    await ended
  }
}

/** Milliseconds on the clock that all processes of a computer share. */
export function now(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000
}

async function nextShown(child: ChildProcess): Promise<number> {
  return Number(await nextOf(child, 'shownAt')) / 1000
}

function nextOf(child: ChildProcess, name: string): Promise<unknown> {
  return new Promise((resolve) => {
    child.on('message', function look(message: Record<string, unknown>) {
      if (!(name in message)) return
      child.off('message', look)
      resolve(message[name])
    })
  })
}
