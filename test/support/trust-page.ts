import { execFileSync, spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createServer as createTlsServer, TLSSocket } from 'node:tls'
import type { AuthorityFacts, TrustFacts } from '../../src-main/listeners/ports.ts'
import { answerTrust } from '../../src-main/listeners/trust/answer-trust.ts'
import { type Certificate, makeCertificate } from './certificates.ts'

/** The first byte of a TLS connection (RFC 8446, section 5.1). */
const HANDSHAKE = 0x16

export interface TrustServer {
  readonly port: number
  readonly facts: TrustFacts
  /** What is different from now on. */
  change(facts: Partial<TrustFacts>): void
  close(): Promise<void>
}

export const MACHINE = 'study'

export async function makeAuthority(): Promise<Certificate> {
  return makeCertificate({ isAuthority: true, until: 3650, subject: `CN=Latchkey on ${MACHINE} (2026-3f2a)` })
}

export function authorityFacts({ cert }: Certificate): AuthorityFacts {
  const { raw, fingerprint256 } = new X509Certificate(cert)
  return { tls: 'authority', pem: cert, der: raw, fingerprint: fingerprint256 }
}

/** Serves the trust page on 127.0.0.1 as another device gets it: plain HTTP and TLS on one port. */
export async function serveTrustPage(authority: Certificate, { clockOff = 0 } = {}): Promise<TrustServer> {
  const { cert, key } = await makeCertificate({ by: authority, hosts: [], addresses: ['127.0.0.1'] })
  let facts: TrustFacts = { ...authorityFacts(authority), machine: MACHINE, addresses: ['127.0.0.1'], port: 0 }
  const http = createHttpServer((request, response) => answer(request, response, facts, clockOff))
  const tls = createTlsServer(
    { cert: `${cert}\n${authority.cert}`, key },
    (socket) => void http.emit('connection', socket),
  )
  tls.on('tlsClientError', () => undefined)
  const sockets = new Set<Socket>()
  const entrance = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('readable', () => {
      const first = socket.read() as Buffer | null
      if (first === null) return socket.destroy()
      socket.unshift(first)
      ;(first[0] === HANDSHAKE ? tls : http).emit('connection', socket)
      return undefined
    })
  })
  await new Promise<void>((done) => entrance.listen(0, '127.0.0.1', done))
  const { port } = entrance.address() as AddressInfo
  facts = { ...facts, port }
  return {
    port,
    get facts() {
      return facts
    },
    change: (changed) => {
      facts = { ...facts, ...changed } as TrustFacts
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((done) => entrance.close(done))
    },
  }
}

function answer(request: IncomingMessage, response: ServerResponse, facts: TrustFacts, clockOff: number): void {
  const { headers, method, socket, url = '' } = request
  const answered = answerTrust(
    {
      method: method === 'HEAD' ? 'HEAD' : 'GET',
      path: url.replace(/\?.*/, ''),
      acceptLanguage: headers['accept-language'],
      userAgent: headers['user-agent'],
      isSecure: socket instanceof TLSSocket,
      host: headers.host ?? '',
      time: Date.now() + clockOff,
    },
    facts,
  )
  const { status, headers: answerHeaders, body } = answered ?? { status: 404, headers: {}, body: '' }
  response.writeHead(status, answerHeaders).end(body)
}

/** Why no list can be changed here, or undefined if it can. */
export const NO_CERTUTIL = hasCertutil() ? undefined : 'there is no certutil: install the package libnss3-tools'

function hasCertutil(): boolean {
  // It has no option that succeeds without a list.
  return spawnSync('certutil', ['-H']).error === undefined
}

/** Adds the authority to the list of Chromium on Linux, for programs with this home folder. */
export function trustInChromium(home: string, authority: Pick<Certificate, 'cert'>): void {
  trustInList(`${home}/.pki/nssdb`, authority)
}

/** Adds the authority to a list of NSS, such as the one in a Firefox profile. Needs NSS's `certutil`. */
export function trustInList(folder: string, { cert }: Pick<Certificate, 'cert'>): void {
  const list = ['-d', `sql:${folder}`]
  mkdirSync(folder, { recursive: true })
  execFileSync('certutil', [...list, '-N', '--empty-password'])
  execFileSync('certutil', [...list, '-A', '-t', 'C,,', '-n', 'Latchkey', '-a'], { input: cert })
}
