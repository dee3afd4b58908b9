import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import type { Browser, CDPSession, Page } from 'playwright'
import { ensureBuilt } from '../build/scripts/building/built.ts'
import { launchChromium } from '../test/support/chromium.ts'
import { freshLink } from '../test/support/console-page.ts'
import { CROWD, writeCrowd } from '../test/support/crowd.ts'
import { type Serve, startServe } from '../test/support/serve.ts'
import { createTempDir } from '../test/support/temp-dir.ts'
import { percentile } from './statistics.ts'

const PAGES = [
  { name: 'home', path: '/', heading: 'Home' },
  { name: 'keys', path: '/keys', heading: 'Keys' },
  { name: 'sites', path: '/sites', heading: 'Sites & extensions' },
  { name: 'usage by site', path: '/usage', heading: 'Usage', bySite: true },
  { name: 'activity', path: '/activity', heading: 'Activity' },
  { name: 'changes', path: '/settings/changes', heading: 'Settings' },
] as const

type ConsolePage = (typeof PAGES)[number]

/** The times for opening one page of a console with much data, in milliseconds. */
export interface OpenedPage {
  readonly page: string
  /** Script time until the page is idle. */
  readonly script: number
  /** Total time of the page's thread: script, style, layout, paint. */
  readonly work: number
  /** From navigation to the first rows of the page's tables. */
  readonly firstRows: number
  readonly nodes: number
}

/** The console's goals on this machine, in milliseconds of script. */
const GOAL_MS = 1000

/** `npm run bench -- console [--rounds 5] [--json FILE]`: 5,000 sites and 300 keys in a real Chromium. */
export async function benchConsole(args: readonly string[]): Promise<void> {
  const options = { rounds: { type: 'string', default: '5' }, json: { type: 'string' } } as const
  const { values } = parseArgs({ args: [...args], options })
  await ensureBuilt()
  const data = await createTempDir()
  await writeCrowd(data.path, CROWD)
  const serve = await startServe({ dataDir: data.path })
  const browser = await launchChromium()
  try {
    const opened: OpenedPage[] = []
    for (const page of PAGES) opened.push(await measureOpening(browser, serve, page, Number(values.rounds)))
    console.log(inWords(opened).join('\n'))
    if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(opened, undefined, 1)}\n`)
  } finally {
    await browser.close()
    await serve.stop()
    await data.remove()
  }
}

/** The medians of several rounds, each in a new browser profile. */
async function measureOpening(browser: Browser, serve: Serve, page: ConsolePage, rounds: number): Promise<OpenedPage> {
  const all: OpenedPage[] = []
  for (let round = 0; round < rounds; round++) all.push(await openOnce(browser, serve, page))
  const middle = (of: (one: OpenedPage) => number) => percentile(all.map(of), 50)
  return {
    page: page.name,
    script: middle(({ script }) => script),
    work: middle(({ work }) => work),
    firstRows: middle(({ firstRows }) => firstRows),
    nodes: middle(({ nodes }) => nodes),
  }
}

/** Measures with an existing session, so that only the page counts. */
async function openOnce(browser: Browser, serve: Serve, { name, path, heading, ...more }: ConsolePage) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' })
  context.setDefaultTimeout(120_000)
  const first = await context.newPage()
  await first.goto(await freshLink(serve))
  await first.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
  const address = first.url().replace(/#.*/, '')
  await first.close()
  const page = await context.newPage()
  const devtools = await context.newCDPSession(page)
  await devtools.send('Performance.enable')
  const startedAt = performance.now()
  await page.goto(`${address}#${path}`)
  await page.getByRole('heading', { level: 1, name: heading }).waitFor()
  if ('bySite' in more) await page.getByText('By site', { exact: true }).click()
  await page.locator('tbody tr, [role=rowgroup] [data-index]').first().waitFor()
  const firstRows = performance.now() - startedAt
  const after = await settled(page, devtools)
  await context.close()
  const [script = 0, work = 0] = [after['ScriptDuration'], after['TaskDuration']]
  return { page: name, script: script * 1000, work: work * 1000, firstRows, nodes: after['Elements'] ?? 0 }
}

type Metrics = Readonly<Record<string, number>>

async function metricsOf(devtools: CDPSession): Promise<Metrics> {
  const { metrics } = await devtools.send('Performance.getMetrics')
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]))
}

/** Resolves when the page has been idle for a while. */
async function settled(page: Page, devtools: CDPSession): Promise<Metrics> {
  let last = await metricsOf(devtools)
  for (;;) {
    await page.waitForTimeout(500)
    const now = await metricsOf(devtools)
    const worked = (now['TaskDuration'] ?? 0) - (last['TaskDuration'] ?? 0)
    last = now
    if (worked < 0.02) break
  }
  return { ...last, Elements: await page.locator('*').count() }
}

function inWords(opened: readonly OpenedPage[]): string[] {
  const ms = (time: number) => `${time.toFixed(0).padStart(6)} ms`
  return [
    `${CROWD.origins} sites (${CROWD.pending} of them waiting), ${CROWD.keys} keys, ${CROWD.changes} changes`,
    '',
    'page              script  all work  first rows  elements  goal for script',
    ...opened.map(
      ({ page, script, work, firstRows, nodes }) =>
        `${page.padEnd(14)}${ms(script)} ${ms(work)}   ${ms(firstRows)}  ${String(nodes).padStart(8)}  < ${GOAL_MS} ms${script < GOAL_MS ? '' : '  MISSED'}`,
    ),
  ]
}
