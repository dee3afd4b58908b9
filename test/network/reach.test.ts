import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeCertificate } from '../support/certificates.ts'
import { inNamespaces } from '../support/namespaces.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { DiscoverableHome, discoveryOf, find, nameOf } from './discoverable.ts'

/** What Latchkey says about where other devices reach it is what they can use. */
inNamespaces(['curl'], () => {
  let home: DiscoverableHome
  let dir: TempDir

  beforeEach(async () => {
    home = new DiscoverableHome()
    dir = await createTempDir()
  })
  afterEach(async () => {
    await home.remove()
    await dir.remove()
  })

  test('an address of the internet is not listed with TLS, because no certificate of the authority may have it', async () => {
    home.desk.ip('addr', 'add', '203.0.113.5/24', 'dev', 'eth0')
    const serve = await home.start(home.desk)
    await serve.call('PATCH /api/settings', { lan: 'all' })
    const lan = async () => (await serve.call('GET /api/state', {})).gateway.lan
    const own = [home.desk.address, `[${home.desk.address6}]`, 'desk.local']
    expect(await lan()).toEqual(own.map((host) => `https://${host}:${serve.port}`))
    const { pem } = await serve.call('GET /api/lan/certificate', {})
    await writeFile(join(dir.path, 'ca.crt'), pem)
    home.phone.resolve({ 'desk.local': home.desk.address })
    for (const url of await lan()) {
      const { code } = await home.phone.run(['curl', '-sS', '--cacert', join(dir.path, 'ca.crt'), url])
      expect([url, code]).toEqual([url, 0])
    }
    await serve.call('PATCH /api/settings', { lanTls: 'off' })
    expect(await lan()).toContain(`http://203.0.113.5:${serve.port}`)
  })

  test('with a certificate that cannot be used, none is listed or announced, and the reason is said until it can', async () => {
    const [certificate, key] = [join(dir.path, 'own.crt'), join(dir.path, 'own.key')]
    const made = await makeCertificate({ hosts: ['desk.local'], addresses: [home.desk.address] })
    await writeFile(certificate, made.cert)
    await writeFile(key, made.key)
    const data = { dataDir: join(dir.path, 'data') }
    const first = await home.serve(home.desk, data)
    await first.call('PATCH /api/settings', { lanTls: 'files', lanCertificateFile: certificate, lanKeyFile: key })
    await nameOf(first)
    expect((await first.call('GET /api/state', {})).gateway.lan).toContain(`https://desk.local:${first.port}`)
    await first.stop()
    await rename(key, `${key}.away`)
    const serve = await home.start(home.desk, data)
    const sentence = `Latchkey cannot read the file ${key}.`
    await until(() => serve.stderr().includes(sentence), 'the reason beside the ready line')
    expect(serve.stderr()).not.toContain('Other computers can reach')
    expect((await serve.call('GET /api/state', {})).gateway).toMatchObject({
      lan: [],
      lanProblem: { code: 'lan_file_unreadable' },
    })
    expect(await discoveryOf(serve)).toMatchObject({ state: 'failed', problem: { code: 'lan_file_unreadable' } })
    expect(await find(home.phone)).toEqual([])
    await rename(`${key}.away`, key)
    expect(await nameOf(serve)).toBe('Latchkey on desk')
    expect((await find(home.phone)).map(({ tls, port }) => [tls, port])).toEqual([[true, serve.port]])
    expect((await serve.call('GET /api/state', {})).gateway.lanProblem).toBe(null)
  })

  test('with a certificate for another name, it is announced, and the state says that the name does not help', async () => {
    const [certificate, key] = [join(dir.path, 'own.crt'), join(dir.path, 'own.key')]
    const made = await makeCertificate({ hosts: ['nas.example'], addresses: [] })
    await writeFile(certificate, made.cert)
    await writeFile(key, made.key)
    const serve = await home.serve(home.desk)
    await serve.call('PATCH /api/settings', { lanTls: 'files', lanCertificateFile: certificate, lanKeyFile: key })
    const said = async () => (await discoveryOf(serve)).problem !== null && (await discoveryOf(serve))
    expect(await until(said, 'the problem')).toMatchObject({
      state: 'announced',
      name: 'Latchkey on desk',
      problem: { code: 'discovery_name_not_certified', parts: { name: 'desk.local' } },
    })
    expect((await serve.call('GET /api/state', {})).gateway).toMatchObject({
      lan: [`https://nas.example:${serve.port}`],
      lanProblem: null,
    })
  })

  test('with only patterns in the certificate, none is listed, and the patterns are named', async () => {
    const [certificate, key] = [join(dir.path, 'own.crt'), join(dir.path, 'own.key')]
    const made = await makeCertificate({ hosts: ['*.home.example'], addresses: [] })
    await writeFile(certificate, made.cert)
    await writeFile(key, made.key)
    const serve = await home.start(home.desk)
    await serve.call('PATCH /api/settings', {
      lan: 'all',
      lanTls: 'files',
      lanCertificateFile: certificate,
      lanKeyFile: key,
    })
    expect((await serve.call('GET /api/state', {})).gateway).toMatchObject({
      lan: [],
      lanProblem: { code: 'lan_only_patterns', parts: { names: '*.home.example' } },
    })
  })
})
