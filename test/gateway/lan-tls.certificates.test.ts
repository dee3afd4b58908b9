import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { makeCertificate } from '../support/certificates.ts'
import { LAN_HOST, type LanGateway, type LanGatewayOptions, NAME, startLanGateway } from '../support/lan-gateway.ts'
import { startStream } from '../support/lan-stream.ts'
import { exchangeRaw } from '../support/raw-http.ts'
import { until } from '../support/until.ts'

const DAY_MS = 86_400_000

let lan: LanGateway
afterEach(() => lan?.close())

const start = async (options?: LanGatewayOptions) => {
  lan = await startLanGateway(options)
  return lan
}

describe('the certificate', () => {
  const served = async () => {
    const socket = await lan.secure({ rejectUnauthorized: false })
    const { fingerprint256 } = socket.getPeerCertificate()
    socket.destroy()
    return fingerprint256
  }

  test('is swapped when the computer gets another address, and a stream goes on', async () => {
    await start({ chunkDelayMs: 50 })
    const before = await served()
    const stream = await startStream(lan)
    lan.addresses.push('192.168.9.9')
    await lan.devices.look()
    expect(lan.state().certificate?.names).toContain('192.168.9.9')
    expect(await served()).not.toBe(before)
    expect(await served()).toBe(lan.state().certificate?.fingerprint)
    expect(await stream.rest()).toContain('"done":true')
    expect((await lan.client().fetch('/api/tags')).status).toBe(401)
  })

  test('is renewed when a third of its time is left, also after a long sleep, and a stream goes on', async () => {
    await start({ chunkDelayMs: 50 })
    const stream = await startStream(lan)
    for (const days of [61, 400]) {
      const before = await served()
      lan.clock.ahead = days * DAY_MS
      await lan.devices.look()
      expect(await served()).not.toBe(before)
      expect(lan.state().certificate?.notAfter).toBeGreaterThan(Date.now() + (days + 80) * DAY_MS)
    }
    expect(await stream.rest()).toContain('"done":true')
    expect(lan.state().problem).toBe(null)
  })

  test('of a replaced authority is not trusted any more, and the devices that used it are known', async () => {
    await start({ chunkDelayMs: 50 })
    const old = lan.client()
    const stream = await startStream(lan, old)
    await stream.reader.cancel()
    await until(() => lan.state().devices[0]?.lastSecureAt != null, 'the device')
    const going = await startStream(lan, lan.client())
    const [before, ca] = [lan.state(), lan.ca()]
    const after = await lan.devices.replaceAuthority()
    expect(after.authority?.fingerprint).not.toBe(before.authority?.fingerprint)
    expect(after.devices).toMatchObject([{ address: '127.0.0.1', usedOldAuthority: true }])
    expect(await going.rest()).toContain('"done":true')
    // The stream that went on is no sign that the device trusts the new one.
    expect(lan.state().devices).toMatchObject([{ usedOldAuthority: true }])
    await expect(lan.secure({ ca })).rejects.toMatchObject({
      code: expect.stringMatching(/SIGNATURE|ISSUER|SELF_SIGNED/) as unknown,
    })
    expect((await lan.client().fetch('/api/tags')).status).toBe(401)
    await until(() => lan.state().devices[0]?.usedOldAuthority === false, 'the device to use the new one')
  })

  test('that cannot be had leaves no way in', async () => {
    const vault = {
      read: () => Promise.reject(new Error('locked')),
      write: () => Promise.reject(new Error('locked')),
      weakness: () => null,
    }
    await start({ vault })
    expect(lan.state()).toMatchObject({ certificate: null, problem: { code: 'lan_authority_unreadable' } })
    await expect(lan.secure({ rejectUnauthorized: false })).rejects.toThrow()
    expect(
      await exchangeRaw(lan.port, `GET /api/tags HTTP/1.1\r\nHost: ${LAN_HOST}\r\n\r\n`, undefined, LAN_HOST),
    ).toMatch(/^HTTP\/1\.1 426 /)
  })
})

describe('certificate and key files', () => {
  const put = async (hosts: string[]) => {
    const { cert, key } = await makeCertificate({ hosts, addresses: [], by: await authority })
    const [lanCertificateFile, lanKeyFile] = [join(lan.dataDir, 'own.pem'), join(lan.dataDir, 'own.key')]
    await writeFile(lanCertificateFile, cert)
    await writeFile(lanKeyFile, key)
    return { lanCertificateFile, lanKeyFile }
  }
  const authority = makeCertificate({ isAuthority: true })
  const namesServed = async () => {
    const socket = await lan.secure({ ca: (await authority).cert })
    const { subjectaltname } = socket.getPeerCertificate()
    socket.destroy()
    return subjectaltname
  }

  test('are served, and swapped when they are renewed, while a stream goes on', async () => {
    await start({ chunkDelayMs: 50 })
    const stream = await startStream(lan)
    await lan.follow({ lanTls: 'files', ...(await put([NAME])) })
    expect(await namesServed()).toBe(`DNS:${NAME}`)
    expect(lan.state()).toMatchObject({ tls: 'files', authority: null, trustUrl: null, problem: null })
    await put([NAME, 'renewed.example'])
    await lan.devices.look()
    expect(await namesServed()).toBe(`DNS:${NAME}, DNS:renewed.example`)
    expect(lan.devices.certificateNames()).toEqual([NAME, 'renewed.example'])
    expect(await stream.rest()).toContain('"done":true')
  })

  test('that are missing leave no way in, and say so', async () => {
    await start()
    await lan.follow({ lanTls: 'files', lanCertificateFile: '/nowhere/c.pem', lanKeyFile: '/nowhere/k.pem' })
    expect(lan.state()).toMatchObject({ certificate: null, problem: { code: 'lan_file_unreadable' } })
    await expect(lan.secure({ rejectUnauthorized: false })).rejects.toThrow()
    await lan.follow({ lanTls: 'authority' })
    expect((await lan.client().fetch('/api/tags')).status).toBe(401)
  })
})
