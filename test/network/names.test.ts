import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inNamespaces } from '../support/namespaces.ts'
import { type Home, startHome } from './home.ts'

inNamespaces(['curl'], () => {
  describe.each([true, false])('names of a page that rebinds DNS to this computer, with TLS %s', (tls) => {
    let home: Home

    beforeAll(async () => {
      home = await startHome({ tls })
      home.laptop.resolve({ 'desk.local': home.desk.address, 'rebound.example': home.desk.address })
    })
    afterAll(() => home?.remove())

    /** With a valid key, so that only the name decides. The certificate is not asked for: this is the lock behind it. */
    async function statusUnder(host: string, name = host): Promise<string> {
      const key = ['-H', `Authorization: Bearer ${home.secret}`, '-H', `Host: ${name}:${home.serve.port}`]
      const options = ['--insecure', '-o', '/dev/null', '-w', '%{http_code}']
      return (await home.laptop.run(['curl', '-sS', ...key, ...options, `${home.url(host)}/api/tags`])).stdout
    }

    test('its own names and addresses pass', async () => {
      const { desk } = home
      const hosts = [desk.address, `[${desk.address6}]`, 'desk.local', 'DESK.local.']
      expect(await Promise.all(hosts.map((name) => statusUnder(desk.address, name)))).toEqual([
        '200',
        '200',
        '200',
        '200',
      ])
      expect(await statusUnder('desk.local')).toBe('200')
    })

    test('a foreign name is refused, although it leads to its address', async () => {
      expect(await statusUnder('rebound.example')).toBe('403')
      const names = ['rebound.example', 'desk.local.example', 'evil.local', 'desk.example', home.laptop.address]
      expect(await Promise.all(names.map((name) => statusUnder(home.desk.address, name)))).toEqual(
        names.map(() => '403'),
      )
    })

    if (!tls) return
    test('the certificate is not for a foreign name, either', async () => {
      const { code } = await home.laptop.run([
        'curl',
        '-sS',
        '--cacert',
        home.authorityFile,
        `${home.url('rebound.example')}/`,
      ])
      // The certificate is for other names.
      expect(code).toBe(60)
    })
  })
})
