import { X509Certificate } from 'node:crypto'
import { fetch } from 'undici'
import { expect, it } from 'vitest'
import { trustText } from '../../src-main/listeners/trust/text/trust-text.ts'
import { launchChromium } from '../support/chromium.ts'
import { ownAddress } from '../support/own-address.ts'
import { PATIENCE_MS } from '../support/patience.ts'
import { startServe } from '../support/serve.ts'
import { createTempDir } from '../support/temp-dir.ts'
import { NO_CERTUTIL, trustInChromium } from '../support/trust-page.ts'

const WORDS = trustText('en')

it('a browser comes to trust a running Latchkey by its page, and then uses it', async ({ skip }) => {
  const address = ownAddress()
  skip(NO_CERTUTIL !== undefined, NO_CERTUTIL)
  if (address === undefined) return
  const home = await createTempDir()
  const serve = await startServe({ args: ['--host', address] })
  const { port } = new URL(serve.gateway)
  const plain = `http://${address}:${port}`
  try {
    const { secret } = await serve.createKey({ name: 'Phone' })
    const der = Buffer.from(await (await fetch(`${plain}/trust/latchkey.crt`)).arrayBuffer())
    const certificate = new X509Certificate(der)
    trustInChromium(home.path, { cert: certificate.toString() })
    const page = await (await fetch(`${plain}/trust`)).text()
    const name = /data-address="https:\/\/(.+?):\d+\/trust\/check"/.exec(page)?.[1] ?? ''
    // The network has no name server that knows this computer.
    const browser = await launchChromium([`--host-resolver-rules=MAP ${name} ${address}`], { HOME: home.path })
    try {
      const phone = await browser.newPage({ locale: 'en-GB' })
      await phone.goto(`http://${name}:${port}/trust`)
      await phone.locator('#check[data-answer=yes]').waitFor({ timeout: PATIENCE_MS })
      const shown = (await phone.locator('.print').innerText()).trim().split(/\s+/).join(':')
      expect(shown).toBe(certificate.fingerprint256)
      await phone.getByRole('link', { name: `https://${name}:${port}/trust` }).click()
      await phone.getByRole('heading', { level: 1, name: WORDS.trusted.title }).waitFor()
      expect(await phone.locator('pre').first().innerText()).toBe(`https://${name}:${port}`)
      const app = await browser.newPage()
      const answer = await app.goto(`https://${name}:${port}/v1/models`)
      expect(answer?.status()).toBe(401)
      const context = await browser.newContext({ extraHTTPHeaders: { Authorization: `Bearer ${secret}` } })
      const withKey = await (await context.newPage()).goto(`https://${name}:${port}/v1/models`)
      expect(withKey?.status()).not.toBe(401)
    } finally {
      await browser.close()
    }
  } finally {
    await serve.stop()
    await home.remove()
  }
})
