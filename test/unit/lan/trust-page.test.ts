import { execFileSync } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { TrustFacts, TrustRequest } from '../../../src-main/listeners/ports.ts'
import { answerTrust } from '../../../src-main/listeners/trust/answer-trust.ts'
import { trustText } from '../../../src-main/listeners/trust/text/trust-text.ts'
import { LANGUAGE_TAGS } from '../../support/texts.ts'
import { authorityFacts, MACHINE, makeAuthority } from '../../support/trust-page.ts'

const HOST = '192.168.1.5'
const PORT = 11500
let facts: TrustFacts

beforeAll(async () => {
  facts = {
    ...authorityFacts(await makeAuthority()),
    machine: MACHINE,
    addresses: [`${MACHINE}.local`, HOST],
    port: PORT,
  }
})

function ask(request: Partial<TrustRequest> = {}, changed: Partial<TrustFacts> = {}) {
  const answer = answerTrust(
    {
      method: 'GET',
      path: '/trust',
      acceptLanguage: 'en',
      userAgent: undefined,
      isSecure: false,
      host: `${HOST}:${PORT}`,
      time: 0,
      ...request,
    },
    { ...facts, ...changed } as TrustFacts,
  )
  if (answer === undefined) throw new Error('There is no such page')
  return { ...answer, text: Buffer.from(answer.body as string).toString() }
}

function authority() {
  if (facts.tls !== 'authority') throw new Error('The facts name an authority')
  return facts
}

describe('the certificate', () => {
  it('is the authority’s, to the byte, and openssl reads it', () => {
    const { body, headers } = ask({ path: '/trust/latchkey.crt' })
    expect(Buffer.from(body as Uint8Array)).toEqual(authority().der)
    expect(headers['Content-Type']).toBe('application/x-x509-ca-cert')
    expect(openssl(['x509', '-inform', 'DER'], body)).toContain(authority().fingerprint)
    // The page's commands show the hash of the file as its fingerprint.
    const hash = createHash('sha256').update(body).digest('hex').toUpperCase()
    expect(hash).toBe(authority().fingerprint.replaceAll(':', ''))
  })

  it('is there as text, and openssl reads that', () => {
    expect(openssl(['x509'], ask({ path: '/trust/latchkey.pem' }).body)).toContain(authority().fingerprint)
  })

  it('is the only content of the profile for iOS', () => {
    const { text, headers } = ask({ path: '/trust/latchkey.mobileconfig', acceptLanguage: 'fr' })
    expect(headers['Content-Type']).toBe('application/x-apple-aspen-config')
    const profile = readPlist(text)
    expect(profile).toMatchObject({
      PayloadType: 'Configuration',
      PayloadVersion: 1,
      PayloadDisplayName: `Latchkey on ${MACHINE} (2026-3f2a)`,
      PayloadDescription: trustText('fr').profile.description({ machine: MACHINE }),
    })
    expect(profile['PayloadContent']).toHaveLength(1)
    const [payload] = profile['PayloadContent'] as [Record<string, string>]
    expect(payload['PayloadType']).toBe('com.apple.security.root')
    expect(Buffer.from(payload['PayloadContent'] ?? '', 'base64')).toEqual(authority().der)
    const ids = [
      profile['PayloadUUID'],
      payload['PayloadUUID'],
      profile['PayloadIdentifier'],
      payload['PayloadIdentifier'],
    ]
    expect(new Set(ids).size).toBe(4)
    expect(profile['PayloadUUID']).toMatch(/^[\dA-F]{8}-[\dA-F]{4}-8[\dA-F]{3}-[89AB][\dA-F]{3}-[\dA-F]{12}$/)
  })

  it('gives a profile that replaces itself, and another one for another certificate', async () => {
    const id = (changed: Partial<TrustFacts>) =>
      readPlist(ask({ path: '/trust/latchkey.mobileconfig' }, changed).text)['PayloadIdentifier']
    expect(id({})).toBe(id({}))
    expect(id({})).not.toBe(id(authorityFacts(await makeAuthority())))
  })
})

describe.each(LANGUAGE_TAGS)('in %s', (language) => {
  const text = trustText(language)

  it('names the certificate and its whole fingerprint', () => {
    const { text: page, headers } = ask({ acceptLanguage: `${language}-XX,en;q=0.5` })
    expect(page).toContain(`<html lang="${language}">`)
    expect(headers['Content-Language']).toBe(language)
    expect(visible(page)).toContain(text.certificate.compare({ machine: MACHINE }))
    const print = /<code class="print">(.*?)<\/code>/.exec(page)?.[1] ?? ''
    const groups = visible(print).trim().split(' ')
    expect(groups.map((group) => group.split(':').length)).toEqual(Array.from({ length: 8 }, () => 4))
    expect(groups.join(':')).toBe(authority().fingerprint)
    expect(visible(page)).toContain(new X509Certificate(authority().der).subject.replace('CN=', ''))
  })

  it('has the steps of every system', () => {
    const page = visible(ask({ acceptLanguage: language }).text)
    const titles = [text.ios, text.android, text.windows, text.macos, text.linux, text.firefox].map(
      ({ title }) => title,
    )
    for (const title of titles) expect(page).toContain(title)
    for (const sign of ['\u0001', '\u0002', '{', '}']) expect(page).not.toContain(sign)
  })

  it('says what holds without an authority', () => {
    const files = ask({ acceptLanguage: language }, { tls: 'files' })
    expect(files.text).toContain(text.files.title)
    expect(ask({ acceptLanguage: language, isSecure: true }, { tls: 'files' }).text).toContain(text.trusted.title)
    const off = ask({ acceptLanguage: language }, { tls: 'off' })
    expect(visible(off.text)).toContain(text.off.text({ machine: MACHINE }))
    expect(off.text).toContain(`<pre>http://${HOST}:${PORT}/v1</pre>`)
    for (const { headers } of [files, off]) expect(headers['Content-Security-Policy']).not.toContain('script-src')
  })
})

it.each(['files', 'off'] as const)('there is no certificate to download with lanTls %s', (tls) => {
  for (const file of ['crt', 'pem', 'mobileconfig'])
    expect(() => ask({ path: `/trust/latchkey.${file}` }, { tls })).toThrow('no such page')
})

it.each([
  [
    'ios',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 Version/26.1 Mobile/15E148 Safari/604.1',
    false,
  ],
  [
    'ios',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 FxiOS/150.0 Mobile/15E148 Safari/605.1.15',
    false,
  ],
  ['android', 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/156.0.0.0 Mobile Safari/537.36', false],
  ['android', 'Mozilla/5.0 (Android 16; Mobile; rv:153.0) Gecko/153.0 Firefox/153.0', true],
  [
    'windows',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0',
    false,
  ],
  ['macos', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/26.1 Safari/605.1.15', false],
  ['linux', 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0', true],
  ['linux', 'Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36', false],
] as const)('the steps for %s come first and are open for %s', (system, userAgent, isFirefox) => {
  const { text } = ask({ userAgent })
  const words = trustText('en')
  const titles = [...text.matchAll(/<details( open)?><summary><h3>(.*?)<\/h3>/g)]
  expect(titles).toHaveLength(6)
  expect(titles.filter(([, open]) => open !== undefined).map(([, , title]) => title)).toEqual([
    words[system].title,
    ...(isFirefox ? [words.firefox.title] : []),
  ])
  expect(titles[0]?.[2]).toBe(words[system].title)
})

describe('nothing of a request gets into the page', () => {
  const MARK = 'zq7"><script>alert(1)</script>'

  it.each([
    ['Host', { host: `${MARK}:11500` }],
    ['Host with a line end', { host: `${HOST}\r\nX-Evil: zq7` }],
    ['Host with credentials', { host: `zq7@${HOST}:${PORT}` }],
    ['Accept-Language', { acceptLanguage: `${MARK},fr` }],
    ['Accept-Language of a megabyte', { acceptLanguage: `zq7,${'de;q=0.1,'.repeat(120_000)}` }],
    ['Accept-Language of prototype names', { acceptLanguage: '__proto__,constructor,toString' }],
    ['User-Agent', { userAgent: `${MARK} (iPhone) ${'('.repeat(100_000)}` }],
  ])('%s', (_, request) => {
    const { text, headers } = ask(request)
    const all = text + JSON.stringify(headers)
    expect(all).not.toContain('zq7')
    expect(all).not.toContain('alert(1)')
    expect(headers['Content-Security-Policy']).toMatch(/connect-src https:\/\/(?:study\.local|192\.168\.1\.5):11500;/)
  })

  it.each([
    '/trust/../trust',
    '/trust//',
    `/trust/${'a'.repeat(100_000)}`,
    '/trustx',
    '/trust/%6catchkey.crt',
    '/trust/latchkey.crt/',
    '',
  ])('there is no page at a path such as %.40s', (path) => {
    expect(() => ask({ path })).toThrow('no such page')
  })

  it('a machine’s name is text', () => {
    const { text } = ask({}, { machine: '<img src=x onerror=alert(1)>' })
    expect(text).not.toContain('<img')
    const profile = readPlist(ask({ path: '/trust/latchkey.mobileconfig' }, { machine: '</string><&' }).text)
    expect(profile['PayloadDescription']).toContain('</string><&')
  })
})

it('the address of the visit is used if the certificate contains it, and named if not', () => {
  const words = trustText('en').check.reasons
  expect(ask({ host: 'STUDY.local:11500' }).text).toContain(`data-address="https://study.local:${PORT}/trust/check"`)
  const foreign = ask({ host: 'localhost:8080' })
  expect(foreign.text).toContain(`data-address="https://study.local:${PORT}/trust/check"`)
  expect(visible(foreign.text)).toContain(words.name({ address: `https://study.local:${PORT}/trust` }))
  expect(visible(ask().text)).not.toContain('Use https')
})

it('over TLS there is nothing to install and no script', () => {
  const { text, headers } = ask({ isSecure: true })
  expect(text).toContain(trustText('en').trusted.title)
  expect(text).toContain(`<pre>https://${HOST}:${PORT}</pre>`)
  expect(text).toContain(`href="http://${HOST}:${PORT}/trust"`)
  expect(text).not.toMatch(/<script|<details/)
  expect(headers['Content-Security-Policy']).not.toMatch(/script-src|connect-src/)
})

it('no page is kept, framed or guessed at, and none tells where it was', () => {
  for (const path of [
    '/trust',
    '/trust/latchkey.crt',
    '/trust/latchkey.pem',
    '/trust/latchkey.mobileconfig',
    '/trust/check',
  ])
    expect(ask({ path }).headers).toMatchObject({
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
    })
  expect(ask().headers).toMatchObject({ 'X-Frame-Options': 'DENY' })
  expect(ask().headers['Content-Security-Policy']).toMatch(/^default-src 'none';.*frame-ancestors 'none'$/)
})

/** What a person reads of a page. */
function visible(page: string): string {
  return page
    .replace(/<(style|script)>.*?<\/\1>/gs, '')
    .replace(/<[^>]*>/g, '')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
}

function openssl(args: readonly string[], input: string | Uint8Array): string {
  return execFileSync('openssl', [...args, '-noout', '-fingerprint', '-sha256'], { input, encoding: 'utf8' })
}

/** Python's own parser of property lists, which refuses what is not well-formed. */
function readPlist(text: string): Record<string, unknown> {
  const script = `import sys, plistlib, json, base64
print(json.dumps(plistlib.loads(sys.stdin.buffer.read()), default=lambda b: base64.b64encode(b).decode()))`
  return JSON.parse(execFileSync('python3', ['-c', script], { input: text, encoding: 'utf8' })) as Record<
    string,
    unknown
  >
}
