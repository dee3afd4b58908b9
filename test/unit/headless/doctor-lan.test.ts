import { describe, expect, it } from 'vitest'
import type { LanState } from '#shared/lan/lan.ts'
import { problem } from '#shared/text/problem.ts'
import { firewallFindings } from '../../../src-main/headless/doctor/lan/firewall.ts'
import { deniesAddresses } from '../../../src-main/headless/doctor/lan/firewall-facts.ts'
import { type LanExamined, lanFindings } from '../../../src-main/headless/doctor/lan/lan-findings.ts'

const DAY_MS = 86_400_000
const NOW = Date.UTC(2026, 10, 30)

const LAN: LanState = {
  tls: 'authority',
  addresses: [{ address: '192.168.1.5', url: 'https://192.168.1.5:11500' }],
  name: 'kitchen.local',
  trustUrl: 'http://192.168.1.5:11500/trust',
  certificate: certificateUntil(NOW + 80 * DAY_MS),
  authority: { subject: 'Latchkey on kitchen', fingerprint: 'AA', createdAt: NOW, notAfter: NOW + 3650 * DAY_MS },
  problem: null,
  devices: [],
  discovery: { state: 'off', name: null, problem: null },
  arrivedFromOutside: true,
}

function certificateUntil(notAfter: number, notBefore = NOW - DAY_MS): NonNullable<LanState['certificate']> {
  return { subject: 'kitchen', issuer: 'Latchkey', fingerprint: 'AA', names: ['kitchen.local'], notBefore, notAfter }
}

function findingsOf({ lan = {}, ...examined }: Partial<Omit<LanExamined, 'lan'>> & { lan?: Partial<LanState> } = {}) {
  const state = { ...LAN, ...lan }
  return lanFindings({
    gateway: {
      status: 'running',
      address: 'http://localhost:11500',
      port: 11_500,
      problem: null,
      lan: state.addresses.map(({ url }) => url),
      lanProblem: null,
    },
    lan: state,
    hostName: 'kitchen',
    firewall: { system: 'linux', active: [] },
    openKeyFiles: [],
    running: true,
    now: NOW,
    ...examined,
  })
}

const wrongIn = (...given: Parameters<typeof findingsOf>) => findingsOf(...given).filter(({ ok }) => !ok)

describe('doctor, about other devices', () => {
  it('says where they connect, and nothing else while all is well', () => {
    expect(findingsOf()).toEqual([
      expect.objectContaining({ ok: true, sentence: expect.stringContaining('https://192.168.1.5:11500') as unknown }),
    ])
  })

  it('is silent while none is let in', () => {
    expect(findingsOf({ lan: { addresses: [], tls: 'off' }, hostName: 'no_name' })).toEqual([])
  })

  it('warns of plain HTTP', () => {
    const [found] = wrongIn({ lan: { tls: 'off', certificate: null } })
    expect(found).toMatchObject({ check: 'lan_tls', fix: expect.stringContaining('lanTls authority') as unknown })
  })

  it('repeats what is wrong with the certificate, as a sentence and what to do', () => {
    const message = 'The file /a.pem contains no readable certificate. A certificate file begins with -----BEGIN.'
    const lan = { certificate: null, problem: problem('lan_file_no_certificate', message, { path: '/a.pem' }) }
    expect(wrongIn({ lan })).toEqual([
      {
        check: 'lan_tls',
        ok: false,
        sentence: 'The file /a.pem contains no readable certificate.',
        fix: 'A certificate file begins with -----BEGIN.',
      },
    ])
  })

  it.each([
    ['expires in 14 days', certificateUntil(NOW + 14 * DAY_MS)],
    ['was valid until 2026-11-29', certificateUntil(NOW - DAY_MS)],
    ['not valid before 2026-12-02', certificateUntil(NOW + 80 * DAY_MS, NOW + 2 * DAY_MS)],
  ])('says that a certificate %s', (words, certificate) => {
    expect(wrongIn({ lan: { tls: 'files', certificate } })).toEqual([
      expect.objectContaining({ check: 'lan_tls', sentence: expect.stringContaining(words) as unknown }),
    ])
  })

  it('leaves a certificate of 15 days alone', () => {
    expect(wrongIn({ lan: { certificate: certificateUntil(NOW + 15 * DAY_MS) } })).toEqual([])
  })

  it.each(['my_server', 'localhost', '-kitchen', 'küche', 'kitchen.lan'])(
    'names %s as no name for devices',
    (hostName) => {
      expect(wrongIn({ hostName })).toEqual([expect.objectContaining({ check: 'lan_name' })])
    },
  )

  it.each(['kitchen', 'Kitchen-2', 'kitchen.local'])('accepts the name %s', (hostName) => {
    expect(wrongIn({ hostName })).toEqual([])
  })

  it('names a key file that others can read, also while nobody is let in', () => {
    const openKeyFiles = ['/data/lan-authority']
    const [found] = wrongIn({ lan: { addresses: [] }, openKeyFiles })
    expect(found?.fix).toContain("chmod 600 '/data/lan-authority'")
  })

  it('says why discovery fails', () => {
    const because = problem('lan_files_missing', 'Port 5353 is taken.', {})
    const [found] = wrongIn({ lan: { discovery: { state: 'failed', name: null, problem: because } } })
    expect(found).toMatchObject({ check: 'discovery', fix: 'Port 5353 is taken.' })
  })

  it('says once what is wrong with the certificate, also where it keeps discovery and all addresses back', () => {
    const broken = problem('lan_file_unreadable', 'Latchkey cannot read the file /k. Check it.', { path: '/k' })
    const discovery = { state: 'failed', name: null, problem: broken } as const
    const gateway = {
      status: 'running',
      address: '',
      port: 11_500,
      problem: null,
      lan: [],
      lanProblem: broken,
    } as const
    const found = wrongIn({
      lan: { tls: 'files', certificate: null, problem: broken, discovery },
      gateway: { ...gateway, lan: [] },
    })
    expect(found.map(({ check }) => check)).toEqual(['lan_tls'])
  })

  it('names a device that failed in the last day, with the next step', () => {
    const device = { userAgent: 'curl/8.14', firstSeenAt: 0, lastSecureAt: null, usedOldAuthority: false }
    const failedAt = (at: number, address: string) => ({
      ...device,
      address,
      lastFailure: { at, reason: 'plain_http' as const },
    })
    const devices = [failedAt(NOW - 1000, '192.168.1.41'), failedAt(NOW - 2 * DAY_MS, '192.168.1.42')]
    expect(wrongIn({ lan: { devices } })).toEqual([
      {
        check: 'device',
        ok: false,
        sentence: 'curl (192.168.1.41): It used an address that begins with http://.',
        fix: 'Change the address in its app, so that it begins with https://.',
      },
    ])
  })
})

describe('doctor, while nothing has come from outside', () => {
  const lan = { arrivedFromOutside: false }

  it('names the firewall that is active, with the command for its port', () => {
    const [found, ...others] = wrongIn({ lan, firewall: { system: 'linux', active: ['ufw'] } })
    expect(found).toMatchObject({
      check: 'firewall',
      fix: expect.stringContaining('sudo ufw allow 11500/tcp') as unknown,
    })
    expect([found?.fix?.includes('firewalld'), others]).toEqual([false, []])
  })

  it.each([
    ['linux', 'firewall-cmd --permanent --add-port=11500/tcp'],
    ['windows', 'New-NetFirewallRule -DisplayName Latchkey -Direction Inbound -Protocol TCP -LocalPort 11500'],
    ['mac', 'System Settings, Network, Firewall'],
  ] as const)('explains those of %s where none is known to be active, which is no fault', (system, words) => {
    const [found] = firewallFindings({ system, active: [] }, 11_500)
    expect([found?.ok, found?.fix]).toEqual([true, expect.stringContaining(words)])
  })

  it('says nothing of firewalls while the gateway does not run', () => {
    expect(findingsOf({ lan, running: false }).filter(({ check }) => check === 'firewall')).toEqual([])
  })

  it('reads from systemctl that a unit keeps addresses out', () => {
    const unit = 'LoadState=loaded\nActiveState=active\nIPAddressDeny=::/0 0.0.0.0/0\n'
    expect(deniesAddresses(unit)).toBe(true)
    expect(deniesAddresses(unit.replace('=active', '=inactive'))).toBe(false)
    expect(deniesAddresses(unit.replace('::/0 0.0.0.0/0', ''))).toBe(false)
    expect(deniesAddresses('')).toBe(false)
  })
})
