import type { Page } from 'playwright'
import type { LanDevice, LanState } from '#shared/lan/lan.ts'

const MINUTE_MS = 60_000
const DAY_MS = 1440 * MINUTE_MS
const FINGERPRINT = '3F:A9:0C:51:77:E2:1B:84:6D:90:2E:C8:45:13:FA:07:B6:5C:D1:38:9A:4F:E0:22:71:8B:C3:0D:56:A4:19:EE'

/** Invented devices at home. The real state would show the names and addresses of the computer that takes the pictures. */
export async function showMadeUpDevices(page: Page): Promise<void> {
  const now = Date.now()
  await page.route('**/api/lan', (route) => route.fulfill({ json: madeUpLan(now) }))
  // What was loaded before is kept for some seconds.
  await page.reload()
}

function madeUpLan(now: number): LanState {
  const name = 'Latchkey on kitchen (2026-3fa9)'
  return {
    tls: 'authority',
    addresses: [{ address: '192.168.1.5', url: 'https://192.168.1.5:11500' }],
    name: 'kitchen.local',
    trustUrl: 'http://192.168.1.5:11500/trust',
    certificate: {
      subject: 'CN=kitchen.local',
      issuer: `CN=${name}`,
      fingerprint: FINGERPRINT,
      names: ['kitchen', 'kitchen.local', '192.168.1.5'],
      notBefore: now - DAY_MS,
      notAfter: now + 89 * DAY_MS,
    },
    authority: { subject: name, fingerprint: FINGERPRINT, createdAt: now - DAY_MS, notAfter: now + 3649 * DAY_MS },
    problem: null,
    devices: [
      madeUpDevice(now, {
        address: '192.168.1.22',
        userAgent:
          'Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1',
        lastFailure: { at: now - MINUTE_MS, reason: 'not_trusted' },
      }),
      madeUpDevice(now, {
        address: '192.168.1.30',
        userAgent:
          'Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36',
        lastSecureAt: now - 5 * MINUTE_MS,
      }),
    ],
    discovery: { state: 'announced', name: 'Latchkey on kitchen', problem: null },
    arrivedFromOutside: true,
  }
}

function madeUpDevice(now: number, device: Pick<LanDevice, 'address' | 'userAgent'> & Partial<LanDevice>): LanDevice {
  return { firstSeenAt: now - DAY_MS, lastSecureAt: null, lastFailure: null, usedOldAuthority: false, ...device }
}
