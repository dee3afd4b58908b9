import { expect, it } from 'vitest'
import { askForKey } from '../support/ask-for-key.ts'
import { servedConsole } from '../support/console-page.ts'
import { CONSOLE_TEXTS, LANGUAGE_TAGS } from '../support/texts.ts'

/** The smallest desktop window, and a phone. */
const SMALL = [
  [720, 480],
  [360, 640],
] as const

const served = servedConsole()

it.each(LANGUAGE_TAGS)('a question in %s fits into small windows, and its answers are in sight', async (language) => {
  const { pairing, home } = CONSOLE_TEXTS[language]
  await served.serve.call('PATCH /api/settings', { language })
  const page = await served.open('/', home.title)
  await askForKey(served.serve.gateway, {
    name: 'Browser helper',
    origin: `https://a-rather-long-name-of-a-site-${language}.example`,
  })
  const panel = page.getByRole('region', { name: pairing.region })
  await panel.getByRole('button', { name: pairing.allow, exact: true }).waitFor()
  for (const [width, height] of SMALL) {
    await page.setViewportSize({ width, height })
    for (const label of [pairing.allow, pairing.decline, pairing.blockSite]) {
      const button = panel.getByRole('button', { name: label, exact: true })
      await expect.poll(() => button.evaluate(isInSight), { message: `${label}, ${width}` }).toBe(true)
    }
    expect(await panel.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0)
  }
})

/** Runs in the page. */
function isInSight(button: Element): boolean {
  const { x, y, right, bottom, width, height } = button.getBoundingClientRect()
  const hit = document.elementFromPoint(x + width / 2, y + height / 2)
  return x >= 0 && y >= 0 && right <= innerWidth && bottom <= innerHeight && button.contains(hit)
}
