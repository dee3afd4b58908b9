import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { trustText } from '../../src-main/listeners/trust/text/trust-text.ts'
import { LAN_HOST, type LanGateway, NAME, startLanGateway } from '../support/lan-gateway.ts'
import { exchangeRaw } from '../support/raw-http.ts'

let lan: LanGateway
beforeAll(async () => {
  lan = await startLanGateway()
})
afterAll(() => lan?.close())

/** Sends one request without TLS, as another device does that trusts nothing yet. `lines` end with a line end each. */
function ask(start: string, lines = `Host: ${NAME}:${lan.port}\r\n`): Promise<string> {
  return exchangeRaw(lan.port, `${start}\r\n${lines}\r\n`, undefined, LAN_HOST)
}

const PAGE = 'GET /trust HTTP/1.1'
const own = (): string => `Host: ${NAME}:${lan.port}\r\n`

describe('the trust page over plain HTTP', () => {
  it('is served with its policy, and names the https address', async () => {
    const answer = await ask(PAGE)
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    expect(answer).toContain(`connect-src https://${NAME}:${lan.port};`)
    expect(answer).toContain(lan.state().authority?.subject)
  })

  it('is only a head for HEAD', async () => {
    const answer = await ask('HEAD /trust HTTP/1.1')
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    expect(answer).toMatch(/Content-Length: \d{5}\r\n/i)
    expect(answer.split('\r\n\r\n')[1]).toBe('')
  })

  it.each([
    ['a foreign Host', (): string => 'Host: zq7.example\r\n'],
    ['a Host with markup', (): string => 'Host: "><script>zq7</script>\r\n'],
    ['a Host with credentials', (): string => `Host: zq7@${NAME}:${lan.port}\r\n`],
    ['two Hosts', (): string => `${own()}Host: zq7.example\r\n`],
  ])('refuses %s', async (_, lines) => {
    const answer = await ask(PAGE, lines())
    expect(answer).toMatch(/^HTTP\/1\.1 403 /)
    expect(answer).not.toContain('zq7')
  })

  it.each([
    ['a folded Host', (): string => `Host: ${NAME}\r\n zq7: 1\r\n`],
    ['a bare CR in the Host', (): string => `Host: ${NAME}\rX-Evil: zq7\r\n`],
    ['a header of 100,000 bytes', (): string => `${own()}X-Padding: ${'zq7'.repeat(33_000)}\r\n`],
  ])('does not answer %s', async (_, lines) => {
    expect(await ask(PAGE, lines())).toBe('')
  })

  it.each([
    ['Accept-Language with markup', (): string => 'Accept-Language: "><script>zq7</script>,de\r\n', 'de'],
    ['Accept-Language with nothing in it', (): string => 'Accept-Language: ,;q=zq7,,\r\n', 'en'],
    ['a User-Agent with markup', (): string => 'User-Agent: iPhone "><script>zq7</script>\r\n', 'en'],
    ['a query', (): string => '', 'en'],
  ] as const)('shows nothing of %s', async (_, lines, language) => {
    const answer = await ask('GET /trust?zq7=<script> HTTP/1.1', `${own()}${lines()}`)
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    expect(answer).not.toContain('zq7')
    expect(answer).toContain(`Content-Language: ${language}\r\n`)
    const title = trustText(language).page.title({ machine: NAME.replace('.local', '') })
    expect(Buffer.from(answer, 'latin1').toString()).toContain(`<title>${title}</title>`)
  })

  it.each([
    '/trust/../api/tags',
    '/trust/%2e%2e/api/tags',
    `/trust/${'a'.repeat(5_000)}`,
    '/trust/latchkey.key',
    '/trustx',
  ])('has nothing at %.40s, and asks nobody', async (path) => {
    const answer = await ask(`GET ${path} HTTP/1.1`)
    expect(answer).toMatch(/^HTTP\/1\.1 426 /)
    expect(lan.gateway.received).toEqual([])
  })

  it('takes no other method', async () => {
    expect(await ask('POST /trust HTTP/1.1', `${own()}Content-Length: 0\r\n`)).toMatch(/^HTTP\/1\.1 426 /)
  })
})
