import type { ChildProcess } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DesktopServices } from '../../test/real-desktop/desktop-services.ts'
import { CROWD, writeCrowd } from '../../test/support/crowd.ts'
import { freePort } from '../child.ts'
import type { Measures } from '../scenarios/scenario.ts'
import { createKey } from '../subjects/latchkey.ts'
import { fillStore } from '../usage/fill-store.ts'
import { delaysWhile, type GatewayPlace } from './delays.ts'
import { MeasuredApp } from './measured-app.ts'
import { writeSettings } from './rest.ts'

const TWO_YEARS_MS = 730 * 86_400_000
/** Until what came with the start is over. */
const SETTLE_MS = 8_000

export interface DoingOptions {
  readonly services: DesktopServices
  readonly load: ChildProcess
  readonly upstreamPort: number
}

/** Something that the person does with the window, while streams go through the gateway. */
export interface Doing {
  readonly name: 'window' | 'report' | 'sites'
  readonly title: string
  /** A data directory in which there is much of what it shows. Made once. */
  makeData(): Promise<string>
  prepare(app: MeasuredApp, services: DesktopServices): Promise<void>
  happen(app: MeasuredApp, services: DesktopServices): Promise<void>
}

export function doings(exchanges: number): readonly Doing[] {
  return [
    {
      name: 'window',
      title: 'Delay of chunks while the window opens',
      makeData: async () => newDirectory(),
      prepare: async () => undefined,
      happen: openWindow,
    },
    {
      name: 'report',
      title: `Delay of chunks while a report of two years (${exchanges} exchanges) is drawn`,
      makeData: () => twoYears(exchanges),
      async prepare(app, services) {
        await openWindow(app, services)
        await goTo(app, '#/usage')
      },
      happen: (app) =>
        doInPage(app, `[...document.querySelectorAll('label')].find((one) => one.textContent === 'All time').click()`),
    },
    {
      name: 'sites',
      title: `Delay of chunks while ${CROWD.origins} sites are listed`,
      async makeData() {
        const dataDir = newDirectory()
        await writeCrowd(dataDir, CROWD)
        return dataDir
      },
      prepare: openWindow,
      happen: (app) => goTo(app, '#/sites'),
    },
  ]
}

/** The gateway of the streams: that of the app, or `beside`, which runs in its own process. */
export async function delaysOf(
  doing: Doing,
  dataDir: string,
  options: DoingOptions,
  beside?: GatewayPlace,
): Promise<Measures> {
  const { services, load, upstreamPort } = options
  const port = await freePort()
  writeSettings(dataDir, `http://127.0.0.1:${upstreamPort}`, port)
  const secret = createKey(dataDir)
  const app = await MeasuredApp.start('Latchkey', { dataDir, services, hidden: true })
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
  await doing.prepare(app, services)
  const { quiet, p99, longest, lasted, thread } = await delaysWhile(
    load,
    beside ?? { pid: app.pid, port, secret },
    () => doing.happen(app, services),
  )
  await app.stop()
  return {
    'added p99 ms': p99 - quiet,
    'longest ms': longest,
    'CPU of its thread ms': thread,
    'p99 before ms': quiet,
    'took ms': lasted,
  }
}

async function openWindow(app: MeasuredApp, services: DesktopServices): Promise<void> {
  const painted = app.toFirstPaint()
  await services.clickIcon()
  await painted
  await doInPage(app, '')
}

function goTo(app: MeasuredApp, hash: string): Promise<void> {
  return doInPage(app, `location.hash = '${hash}'`)
}

/** Resolves once the page has shown nothing new for a while. */
async function doInPage(app: MeasuredApp, script: string): Promise<void> {
  const untilStill = `new Promise((resolve) => {
    let changedAt = performance.now()
    const all = { subtree: true, childList: true, characterData: true, attributes: true }
    new MutationObserver(() => { changedAt = performance.now() }).observe(document, all)
    setInterval(() => document.querySelector('h1') && performance.now() - changedAt > 400 && resolve(), 50)
  })`
  await app.order('run', `${script}; ${untilStill}`)
}

async function twoYears(exchanges: number): Promise<string> {
  const dataDir = newDirectory()
  const to = Date.now()
  const shape = { exchanges, keys: 50, origins: 200, models: 20, from: to - TWO_YEARS_MS, to }
  await fillStore(dataDir, shape, () => undefined)
  return dataDir
}

function newDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'data-'))
}
