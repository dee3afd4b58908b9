import type { Browser } from 'playwright'

const RUNS = 5

/**
 * Milliseconds from following a link to the first paint, the median of 5 new browser profiles. `slowdown` slows the processor
 * down: 4 means four times slower than this one. `link` returns a new one-time link.
 */
export async function measureFirstPaint(
  browser: Browser,
  { link, slowdown }: { link: () => Promise<string>; slowdown: number },
): Promise<number> {
  const times: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const context = await browser.newContext()
    const page = await context.newPage()
    const devtools = await context.newCDPSession(page)
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowdown })
    await page.goto(await link())
    await page.getByRole('heading', { level: 1 }).waitFor()
    times.push(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN))
    await context.close()
  }
  return times.sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? Number.NaN
}
