import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { beforeEach, describe, expect, test } from 'vitest'
import { type Issued, issueLeaf, makeAuthority } from '../../../src-main/listeners/authority/issue.ts'
import { isPermittedAddress } from '../../../src-main/listeners/authority/name-constraints.ts'
import { inOwnFolder, judge, path } from './authority-world.ts'

const run = promisify(execFile)

inOwnFolder()

describe('OpenSSL', () => {
  let authority: Issued
  beforeEach(async () => {
    authority = await makeAuthority({ machine: 'kitchen-pc', now: Date.now() })
  })
  const leaf = async (names: string[], addresses: string[] = [], by = authority) =>
    (await issueLeaf({ authority: by, names, addresses, now: Date.now() })).certificate

  test('accepts the authority’s certificates for its names and private addresses', async () => {
    const good = await leaf(
      ['kitchen-pc.local', 'kitchen-pc', 'other.local'],
      ['192.168.1.5', '10.1.2.3', '172.31.0.1', '169.254.1.1', '100.100.1.1', 'fd12::1', 'fe80::1'],
    )
    expect(await judge(authority.certificate, good)).toBe('OK')
    expect(await judge(authority.certificate, good, '-verify_hostname', 'kitchen-pc.local')).toBe('OK')
    expect(await judge(authority.certificate, good, '-verify_ip', 'fd12::1')).toBe('OK')
    expect(await judge(authority.certificate, good, '-verify_ip', '192.168.1.6')).toContain('IP address mismatch')
  })

  test.each([
    [['bank.example'], []],
    [['kitchen-pc.local', 'example.com'], []],
    [['kitchen-pclocal'], []],
    [['notkitchen-pc'], []],
    [['local.example'], []],
    [['kitchen-pc.local'], ['8.8.8.8']],
    [['kitchen-pc.local'], ['172.32.0.1']],
    [['kitchen-pc.local'], ['127.0.0.1']],
    [['kitchen-pc.local'], ['2001:db8::1']],
    [['kitchen-pc.local'], ['::1']],
  ])('refuses one for %j %j, although the authority signed it', async (names, addresses) => {
    expect(await judge(authority.certificate, await leaf(names, addresses))).toBe('permitted subtree violation')
    for (const address of addresses) expect(isPermittedAddress(address)).toBe(false)
  })

  test.each([
    ['app', ['app.local'], ['www.app']],
    ['app', ['app.local'], ['app']],
    ['xn--p1ai', ['xn--p1ai.local'], ['www.xn--p1ai']],
  ])(
    'refuses one below the name of a computer called %s, which is a top-level domain',
    async (machine, own, foreign) => {
      const other = await makeAuthority({ machine, now: Date.now() })
      expect(await judge(other.certificate, await leaf(own, [], other))).toBe('OK')
      expect(await judge(other.certificate, await leaf(foreign, [], other))).toBe('permitted subtree violation')
    },
  )

  test('refuses a chain with an authority below it, a client’s certificate, and one after ninety days', async () => {
    const good = await leaf(['kitchen-pc.local'])
    expect(await judge(authority.certificate, good, '-purpose', 'sslclient')).toMatch(/purpose|unsuitable/)
    expect(
      await judge(authority.certificate, good, '-attime', String(Math.floor(Date.now() / 1000) + 91 * 86_400)),
    ).toBe('certificate has expired')
    const text = await run('openssl', ['x509', '-noout', '-text', '-in', path('a.pem')])
    expect(text.stdout).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/)
    expect(text.stdout).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign\s/)
    expect(text.stdout).toMatch(/Name Constraints: critical/)
    expect(text.stdout).not.toContain('Excluded')
  })
})
