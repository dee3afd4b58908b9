import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { type DesktopServices, type ShownNotification, startDesktopServices } from './desktop-services.ts'
import { attachTo, type MainProcess } from './main-process.ts'
import { packApp } from './packed-app.ts'
import { startUpdateServer, type UpdateServer } from './update-server.ts'

/** Longer than one read, so that it arrives in pieces. */
const PACKAGE_BYTES = 400_000
export const OLD = '0.1.0'
export const NEWER = '9.9.9'

/** A packed app that runs, as a person has it: its tray, its notifications and its window. */
export interface RunningApp {
  readonly process: ChildProcess
  /** The window's page; the window must be open. */
  readonly page: MainProcess
  kill(): Promise<void>
}

/** A computer with Latchkey on it as an AppImage, and a server with updates. */
export interface UpdatingDesktop {
  readonly server: UpdateServer
  readonly services: DesktopServices
  /** The newer AppImage. */
  readonly newer: Buffer
  /** Whether the newer AppImage was ever started, and whether it runs now. */
  newerStarted(): boolean
  newerRuns(): boolean
  /** The folder in which the AppImage is. */
  readonly programs: string
  readonly dataDir: string
  /** The updater's cached files. */
  pending(): string[]
  readonly pendingDir: string
  /** Names and contents in `programs`. */
  installed(): Record<string, string>
  /** Starts the AppImage, or the program in it as if it were of another package. Resolves once it listens. */
  start(as?: 'AppImage' | 'package'): Promise<RunningApp>
  rows(): Promise<string[]>
  /** Waits for a row of the tray and clicks it. */
  click(label: string | RegExp): Promise<void>
  /** The first notification that is shown after `act`. */
  toldAfter(act: () => Promise<unknown>): Promise<ShownNotification>
  /** Where the gateway listens. */
  gateway(): Promise<string>
  remove(): Promise<void>
}

/** `settings` are over those that suit a test. */
export async function createUpdatingDesktop(settings: object = {}): Promise<UpdatingDesktop> {
  const services = await startDesktopServices()
  const home = await createTempDir()
  const server = await startUpdateServer()
  const folder = (name: string) => join(home.path, name)
  const [programs, dataDir] = [folder('programs'), folder('data')]
  const pendingDir = join(folder('cache'), 'latchkey-updater/pending')
  for (const path of [programs, dataDir]) mkdirSync(path, { mode: 0o700 })
  const all = { gatewayPort: 0, upstream: 'http://127.0.0.1:9', language: 'en', ...settings }
  writeFileSync(join(dataDir, 'settings.json'), JSON.stringify(all))
  const program = packApp({ folder: folder('old'), version: OLD, feed: server.feed })
  const next = packApp({ folder: folder('new'), version: NEWER, feed: server.feed, like: program })
  const appImage = join(programs, `Latchkey-${OLD}-linux-x64.AppImage`)
  writeFileSync(appImage, appImageOf(program, folder('old.pid')))
  chmodSync(appImage, 0o755)
  const env = {
    ...process.env,
    LATCHKEY_DATA_DIR: dataDir,
    XDG_CONFIG_HOME: folder('config'),
    XDG_CACHE_HOME: folder('cache'),
  }
  const newerPid = () => runningPid(folder('new.pid'), next)
  const rows = async () => (await services.trayRows().catch(() => undefined))?.map(({ label }) => label) ?? []
  return {
    server,
    services,
    newer: Buffer.from(appImageOf(next, folder('new.pid')).padEnd(PACKAGE_BYTES, '#')),
    newerRuns: () => newerPid() !== undefined,
    newerStarted: () => existsSync(folder('new.pid')),
    programs,
    dataDir,
    pendingDir,
    pending: () => namesIn(pendingDir),
    installed: () =>
      Object.fromEntries(namesIn(programs).map((name) => [name, readFileSync(join(programs, name), 'utf8')])),
    async start(as = 'AppImage') {
      const child = spawn(as === 'AppImage' ? appImage : program, ['--inspect=0', '--hidden', ...flags()], { env })
      const page = await attachTo(await debuggerOf(child))
      await until(async () => (await rows()).some((label) => label.startsWith('http://localhost:')), 'the tray')
      return {
        process: child,
        page,
        async kill() {
          page.close()
          if (child.exitCode !== null) return
          const ended = once(child, 'exit')
          child.kill('SIGKILL')
          await ended
        },
      }
    },
    rows,
    async click(wanted) {
      const matches = (label: string) => (typeof wanted === 'string' ? label === wanted : wanted.test(label))
      await until(
        async () => {
          const label = (await rows()).find(matches)
          // It may go again before it is clicked.
          return (
            label !== undefined &&
            services.clickRow(label).then(
              () => true,
              () => false,
            )
          )
        },
        `the row ${String(wanted)} in the tray`,
      )
    },
    async toldAfter(act) {
      const before = services.notifications.length
      await act()
      return until(() => services.notifications[before], 'a notification')
    },
    async gateway() {
      const address = (await rows()).find((label) => label.startsWith('http://localhost:'))
      return `http://127.0.0.1:${new URL(String(address)).port}`
    },
    async remove() {
      services.close()
      await server.stop()
      // Still there when a test has failed.
      const pid = newerPid()
      if (pid !== undefined) process.kill(pid, 'SIGKILL')
      chmodSync(programs, 0o700)
      await home.remove()
    },
  }
}

/** Chromium's sandbox is not for root. */
function flags(): string[] {
  return process.getuid?.() === 0 ? ['--no-sandbox'] : []
}

/**
 * Stands in for an AppImage, because the tool that makes one cannot be had here: a script that sets what an AppImage's own
 * start sets, and starts the packed app.
 */
function appImageOf(program: string, pidFile: string): string {
  const start = ['export APPIMAGE="$(realpath "$0")"', `echo $$ > '${pidFile}'`]
  return ['#!/bin/sh', ...start, `exec '${program}' ${flags().join(' ')} "$@"`, ''].join('\n')
}

function debuggerOf({ stderr }: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let told = ''
    stderr?.setEncoding('utf8').on('data', (piece: string) => {
      told += piece
      const address = /ws:\/\/\S+/.exec(told)?.[0]
      if (address !== undefined) resolve(address)
    })
  })
}

/** The id of the process that has written it into the file, while it runs this program. */
function runningPid(pidFile: string, program: string): number | undefined {
  try {
    const pid = readFileSync(pidFile, 'utf8').trim()
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(program) ? Number(pid) : undefined
  } catch {
    return undefined
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}
