import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fingerprintGroups } from '#shared/lan/fingerprint-groups.ts'
import { inNamespaces } from '../support/namespaces.ts'
import { ANSWER, type Home, PROMPT, startHome } from './home.ts'
import { walkWithPhone } from './phone-walk.ts'

inNamespaces(['certutil', 'tcpdump'], () => {
  let home: Home

  beforeAll(async () => {
    home = await startHome()
  })
  afterAll(() => home?.remove())

  test('a phone comes to trust Latchkey, chats over https, and the console shows it', async () => {
    const phone = home.network.plugIn('phone')
    const capture = await home.network.capture()
    const walk = await walkWithPhone({ home, phone })
    const packets = await capture.stop()

    const { fingerprint, pem } = await home.serve.call('GET /api/lan/certificate', {})
    const text = fingerprintGroups(fingerprint).join(' ')
    expect(walk.shown).toEqual({ console: text, phone: text })
    expect(walk.before).toEqual({ refusal: expect.stringContaining('ERR_CERT_AUTHORITY_INVALID') as unknown })
    expect(pemOf(await readFile(join(home.dir, 'downloaded.crt')))).toBe(pemOf(pem))
    expect(walk.check).toBe('yes')
    expect(walk.after).toEqual({ answer: expect.stringContaining(ANSWER) as unknown })
    expect(walk.row).toContain(phone.address)

    const { devices, arrivedFromOutside } = await home.serve.call('GET /api/lan', {})
    expect(arrivedFromOutside).toBe(true)
    expect(devices.find(({ address }) => address === phone.address)).toMatchObject({
      lastSecureAt: expect.any(Number) as unknown,
      usedOldAuthority: false,
    })
    // The page itself is public, so the capture did see the phone.
    expect(packets.includes('/trust/latchkey.crt')).toBe(true)
    expect([home.secret, PROMPT, ANSWER].filter((text) => packets.includes(text))).toEqual([])
  })
})

/** The Base64 text of a certificate in PEM or DER. */
function pemOf(certificate: string | Buffer): string {
  if (typeof certificate !== 'string') return certificate.toString('base64')
  return certificate.replace(/-----[A-Z ]+-----|\s/g, '')
}
