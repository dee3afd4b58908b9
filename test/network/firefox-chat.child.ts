import { launch } from 'puppeteer-core'
import { findFirefox } from '../../build/scripts/programs/firefox.ts'

// Asks at each address, from a page in Firefox with this profile, and prints the outcomes as JSON (`Outcome` in clients.ts). It
// runs in the host of the browser, because it talks to the browser over a port.
const [, , profile = '', page = '', body = '', ...urls] = process.argv
const secret = process.env['LATCHKEY_KEY'] ?? ''
const browser = await launch({
  browser: 'firefox',
  executablePath: findFirefox() as string,
  headless: true,
  acceptInsecureCerts: false,
  userDataDir: profile,
})
try {
  const outcomes = []
  for (const url of urls) outcomes.push(await outcomeOf(url))
  process.stdout.write(JSON.stringify(outcomes))
} finally {
  await browser.close()
}

async function outcomeOf(url: string): Promise<object> {
  const tab = await browser.newPage()
  // The page gets only “NetworkError”, but the browser knows why.
  const failures: string[] = []
  tab.on('requestfailed', (request) => failures.push(request.failure()?.errorText ?? ''))
  await tab.goto(page)
  const answer = await tab.evaluate(chatFromPage, { url, secret, body })
  await tab.close()
  return answer === undefined ? { refusal: failures.join() } : { answer }
}

// Runs in the page.
async function chatFromPage(asked: { url: string; secret: string; body: string }) {
  const headers = { Authorization: `Bearer ${asked.secret}`, 'Content-Type': 'application/json' }
  const answer = await fetch(asked.url, { method: 'POST', headers, body: asked.body }).catch(() => undefined)
  return answer?.text()
}
