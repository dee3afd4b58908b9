import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DesktopServices } from '../../test/real-desktop/desktop-services.ts'
import type { Measures } from '../scenarios/scenario.ts'
import { type AppName, MeasuredApp } from './measured-app.ts'
import type { DesktopAnswer } from './messages.ts'
import { costBetween, costsOf, processesOf } from './processes.ts'

export interface RestOptions {
  readonly services: DesktopServices
  readonly upstream: string
  readonly memoryOf: (pids: readonly number[]) => Promise<DesktopAnswer>
  /** How long it is left alone before, and how long it is watched. */
  readonly settleMs: number
  readonly watchMs: number
}

/** Milliseconds until a person sees something of an app. */
export async function timesOfStart(name: AppName, { services, upstream }: RestOptions): Promise<Measures> {
  const app = await MeasuredApp.start(name, { dataDir: emptyData(upstream), services })
  const painted = await app.toFirstPaint()
  const used = costBetween(new Map(), costsOf(processesOf(app.pid))).microseconds
  await app.stop()
  // Processor time is more reliable than elapsed time while other programs run.
  return { 'tray ms': app.toTray, 'first paint ms': painted, 'CPU ms': used / 1000 }
}

/** Measures by scenario. */
type Rest = Readonly<Record<string, Measures>>

/** An unused app that was started at login. */
export async function restHidden(name: AppName, options: RestOptions): Promise<Rest> {
  const { services, upstream, settleMs } = options
  const app = await MeasuredApp.start(name, { dataDir: emptyData(upstream), services, hidden: true })
  // In its first minute an app still tidies up after its start, an empty one as well.
  await pause(settleMs * 4)
  const hidden = await watch(app, options)
  await app.stop()
  return { 'desktop-hidden': hidden }
}

/** An unused app with its window open, just closed, and closed for a long time. */
export async function restShown(name: AppName, options: RestOptions): Promise<Rest> {
  const { services, upstream } = options
  const app = await MeasuredApp.start(name, { dataDir: emptyData(upstream), services })
  await app.toFirstPaint()
  const open = await watch(app, options)
  await app.order('close')
  const closed = await watch(app, options)
  await app.order('destroy')
  const gone = await watch(app, options)
  await app.stop()
  return { 'desktop-open': open, 'desktop-closed': closed, 'desktop-gone': gone }
}

async function watch(app: MeasuredApp, { settleMs, watchMs, memoryOf }: RestOptions): Promise<Measures> {
  await pause(settleMs)
  const all = processesOf(app.pid)
  const main = all.filter(({ kind }) => kind === 'main')
  const before = costsOf(all)
  const mainBefore = costsOf(main)
  await pause(watchMs)
  const ofAll = costBetween(before, costsOf(all))
  const ofMain = costBetween(mainBefore, costsOf(main))
  const memory = await memoryOf(all.map(({ pid }) => pid))
  const seconds = watchMs / 1000
  return {
    'wake-ups/s': ofAll.wakeUps / seconds,
    'CPU ms/min': (ofAll.microseconds * 60) / seconds / 1000,
    'memory MB': memory.all / 1e6,
    'main wake-ups/s': ofMain.wakeUps / seconds,
    'main CPU ms/min': (ofMain.microseconds * 60) / seconds / 1000,
    'main MB': memory.first / 1e6,
  }
}

/** A data directory of an app that was just installed. */
export function emptyData(upstream: string, gatewayPort = 0): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'data-'))
  writeSettings(dataDir, upstream, gatewayPort)
  return dataDir
}

export function writeSettings(dataDir: string, upstream: string, gatewayPort: number): void {
  writeFileSync(join(dataDir, 'settings.json'), JSON.stringify({ gatewayPort, upstream, language: 'en' }))
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
