import { once } from 'node:events'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'
import { beforeAll, describe, expect, it } from 'vitest'
import { ConnectionLost } from '../../../src-main/gateway/transport.ts'
import { type Certificate, makeCertificate } from '../../support/certificates.ts'
import { startTaker } from '../../support/odd-ports.ts'
import { startRawUpstream } from '../../support/raw-upstream.ts'
import { describeTransports, type Subject } from '../../support/transport/contract.ts'
import { make, outcomeOf } from '../../support/transport/heard-call.ts'

describeTransports(({ closers, opened }) => {
  describe('TLS', () => {
    let good: Certificate
    let expired: Certificate
    let elsewhere: Certificate
    beforeAll(async () => {
      good = await makeCertificate()
      expired = await makeCertificate({ from: -9, until: -2 })
      elsewhere = await makeCertificate({ hosts: ['a.example'], addresses: [] })
    })

    async function startTls(certificate: Certificate): Promise<string> {
      const server = createHttpsServer(certificate, (_request, response) => response.end('{}'))
      return `https://127.0.0.1:${await listen(server, closers)}`
    }

    it('is spoken where its certificate is trusted', async () => {
      const transport = opened(await startTls(good), {}, good.cert)
      expect(await outcomeOf(make(transport))).toMatchObject({ ended: true, body: '{}' })
    })

    it.each([
      ['a certificate that nobody trusts', () => good, null, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
      ['an expired one', () => expired, () => expired.cert, 'CERT_HAS_EXPIRED'],
      ['one for another name', () => elsewhere, () => elsewhere.cert, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ])('ends at %s, before anything is sent', async (_name, server, trusted, code) => {
      const transport = opened(await startTls(server()), {}, trusted?.() ?? null)
      expect((await outcomeOf(make(transport))).error).toMatchObject({ code })
    })

    it('ends at a port that speaks none', async () => {
      const upstream = await startRawUpstream((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'))
      closers.push(() => upstream.close())
      const transport = opened(upstream.url.replace('http:', 'https:'))
      expect((await outcomeOf(make(transport))).error).toMatchObject({
        code: expect.stringMatching(/SSL|TLS|EPROTO/) as string,
      })
    })

    it('ends at a port that closes in its handshake', async () => {
      const port = await startTaker(closers, (socket) => void socket.resume().end())
      const { error } = await outcomeOf(make(opened(`https://127.0.0.1:${port}`)))
      const isInHandshake = error instanceof ConnectionLost ? !error.wasOpen : error?.message.includes('secure TLS')
      expect(isInHandshake).toBe(true)
    })
  })
})

async function listen(server: Server, closers: Subject['closers']): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => undefined)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return (server.address() as AddressInfo).port
}
