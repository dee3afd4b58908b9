import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Certificate, makeCertificate } from '../support/certificates.ts'
import { Random } from '../support/fuzz/random.ts'
import { LAN_HOST, type LanGateway, type LanGatewayOptions, NAME, startLanGateway } from '../support/lan-gateway.ts'
import { startOwnClock } from '../support/own-clock.ts'
import { until } from '../support/until.ts'

/** `LATCHKEY_FUZZ_SEED=123 npm test -- test/security/handshakes.test.ts` runs what was printed once more. */
const SEED = Number(process.env['LATCHKEY_FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 32))
const TIMEOUT_MS = 800
const FUZZ_CASES = 400
const AT_ONCE = 50

let lan: LanGateway
const open: Socket[] = []
afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy()
  await lan.close()
})

const start = async (options?: LanGatewayOptions) => {
  lan = await startLanGateway(options)
}
const quick = { limits: { timeoutMs: TIMEOUT_MS } }

/** A TCP connection to the entrance, from one of the addresses of this computer. */
async function reach(from = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ host: LAN_HOST, port: lan.port, localAddress: from })
  socket.on('error', () => undefined)
  open.push(socket)
  await once(socket, 'connect')
  return socket
}

const ended = (socket: Socket) =>
  socket.closed ? Promise.resolve() : new Promise<void>((resolve) => socket.resume().once('close', () => resolve()))
const pending = () => lan.devices.entrance.pending
const failures = () => lan.state().devices.map(({ lastFailure }) => lastFailure?.reason)

/** What an honest client gets while others misbehave: 401, because it has no key. */
async function honest(): Promise<number> {
  const client = lan.client()
  try {
    return (await client.fetch('/api/tags')).status
  } finally {
    await client.agent.destroy()
  }
}

/** Both the entrance and loopback answer, nothing is left over, and nothing failed inside. */
async function expectWell(): Promise<void> {
  expect(await honest()).toBe(401)
  expect((await fetch(`${lan.gateway.url}/healthz`)).status).toBe(200)
  await until(() => pending() === 0, 'every attempt to end')
  expect(lan.gateway.failures).toEqual([])
}

let hello: Buffer
beforeAll(async () => {
  hello = await clientHello()
})

/** The first flight of a real client. */
async function clientHello(): Promise<Buffer> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const arrived = once(server, 'connection')
  const client = connectTls({ port, host: '127.0.0.1', servername: NAME }).on('error', () => undefined)
  const [socket] = (await arrived) as [Socket]
  const [first] = (await once(socket, 'data')) as [Buffer]
  client.destroy()
  socket.destroy()
  server.close()
  return first
}

describe('a handshake has a deadline', () => {
  test('for its first byte', async () => {
    await start(quick)
    const socket = await reach()
    expect(pending()).toBe(1)
    await ended(socket)
    await expectWell()
  })

  test('however busy it is: byte by byte it ends as early', async () => {
    await start(quick)
    const socket = await reach()
    const clock = startOwnClock()
    let at = 0
    const drip = setInterval(() => socket.writable && at < hello.length && socket.write(hello.subarray(at, ++at)), 20)
    await ended(socket)
    clearInterval(drip)
    expect(clock()).toBeLessThan(TIMEOUT_MS + 1_500)
    expect(at).toBeLessThan(hello.length)
    await expectWell()
  })

  test('for its second half', async () => {
    await start(quick)
    const socket = await reach()
    socket.write(hello)
    await once(socket, 'data')
    await ended(socket)
    await until(() => failures()[0] === 'aborted', 'the failure')
    await expectWell()
  })

  test('and so has a plain request, also one that drips', async () => {
    await start(quick)
    const socket = await reach()
    socket.write('GET / HTTP/1.1\r\n')
    const drip = setInterval(() => socket.writable && socket.write('x: y\r\n'), 50)
    await ended(socket)
    clearInterval(drip)
    await expectWell()
  })
})

describe('the number of handshakes is bounded', () => {
  test('for one address: the oldest makes room, and others keep theirs', async () => {
    await start({ limits: { mostPerAddress: 8 } })
    const other = await reach('127.0.0.9')
    const crowd: Socket[] = []
    for (let n = 0; n < 20; n++) crowd.push(await reach('127.0.0.8'))
    await Promise.all(crowd.slice(0, 12).map(ended))
    await until(() => pending() === 9, 'nine attempts')
    expect([other.destroyed, crowd.at(-1)?.destroyed]).toEqual([false, false])
    expect(await honest()).toBe(401)
  })

  test('for all together: a flood from many addresses neither piles up nor keeps an honest client out', async () => {
    await start({ limits: { most: 64, mostPerAddress: 32 } })
    const flood = new AbortController()
    let sent = 0
    const one = async (from: string) => {
      while (!flood.signal.aborted) {
        const socket = await reach(from).catch(() => undefined)
        socket?.write(hello.subarray(0, sent % hello.length))
        sent += 1
      }
    }
    const running = Array.from({ length: 6 }, (_, n) => one(`127.0.1.${n + 1}`))
    await until(() => sent > 300, 'the flood')
    for (let n = 0; n < 3; n++) {
      expect(await honest()).toBe(401)
      expect(pending()).toBeLessThanOrEqual(64)
    }
    flood.abort()
    await Promise.all(running)
    for (const socket of open.splice(0)) socket.destroy()
    await expectWell()
  })

  test('of known devices too', async () => {
    await start()
    for (let n = 0; n < 230; n++) {
      const socket = await reach(`127.0.2.${n + 1}`)
      socket.end('GET / HTTP/1.1\r\n\r\n')
      await ended(socket)
    }
    await until(() => lan.state().devices.length === 200, 'two hundred devices')
    expect(lan.state().devices[0]?.address).toBe('127.0.2.230')
  })
})

describe('a handshake that cannot succeed', () => {
  test('of an old client is refused and known: TLS 1.1, and ciphers without forward secrecy', async () => {
    await start()
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    await expect(lan.secure(old)).rejects.toThrow()
    await until(() => failures()[0] === 'old_tls', 'the failure')
    const weak = ['AES128-SHA', 'AES128-GCM-SHA256', 'ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES256-SHA384']
    for (const ciphers of weak) {
      const refused = lan.secure({ maxVersion: 'TLSv1.2', ciphers })
      await expect(refused).rejects.toThrow()
    }
    await expectWell()
  })

  test('because the device finds the certificate expired says so', async () => {
    const authority = await makeCertificate({ isAuthority: true })
    const leaf = await makeCertificate({ hosts: [NAME], addresses: [], by: authority, from: -20, until: -10 })
    await start()
    await serveFiles(leaf)
    expect(lan.state().problem).toMatchObject({ code: 'lan_certificate_expired' })
    expect(await curl(authority.cert, NAME)).toBe(60)
    await until(() => failures()[0] === 'clock', 'the failure')
  })

  test('because of another name says so, whether the device refuses it within the handshake or after', async () => {
    await start()
    await expect(lan.secure({ servername: 'other.local' })).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    })
    await until(() => failures()[0] === 'wrong_name', 'the failure')
    expect(await openssl('-verify_hostname', 'other.local', '-servername', 'other.local')).not.toBe(0)
    expect(failures()).toEqual(['wrong_name'])
    expect(lan.state().devices[0]?.lastSecureAt).toBeNull()
  })

  test('because its issuer is not trusted says so', async () => {
    await start()
    expect(await openssl('-servername', NAME)).not.toBe(0)
    await until(() => failures()[0] === 'not_trusted', 'the failure')
  })

  test('because the client resets is over at once', async () => {
    await start()
    for (let n = 0; n < 20; n++) {
      const socket = await reach()
      socket.write(hello)
      socket.resetAndDestroy()
    }
    await until(() => pending() === 0, 'every attempt to end')
    await expectWell()
  })

  test('for a client that trusts nobody and leaves after it is known, until the device has come in once', async () => {
    await start()
    const leave = async () => (await lan.secure({ rejectUnauthorized: false })).destroy()
    await leave()
    await until(() => failures()[0] === 'aborted', 'the failure')
    expect(await honest()).toBe(401)
    await until(() => lan.state().devices[0]?.lastSecureAt != null, 'the use')
    const before = lan.state().devices[0]?.lastFailure
    await leave()
    expect(await honest()).toBe(401)
    expect(lan.state().devices[0]?.lastFailure).toEqual(before)
  })
})

test('renegotiation is refused', async () => {
  await start({ timeouts: { head: 1_000 } })
  const socket = await lan.secure({ maxVersion: 'TLSv1.2' })
  socket.on('error', () => undefined)
  const { promise, resolve } = Promise.withResolvers<Error | null>()
  socket.once('close', () => resolve(new Error('closed')))
  socket.renegotiate({}, resolve)
  expect(await promise).toBeInstanceOf(Error)
  await expectWell()
})

test(`random bytes and changed handshakes end nothing but themselves (seed ${SEED})`, async () => {
  console.log(`handshakes.test.ts: LATCHKEY_FUZZ_SEED=${SEED}`)
  await start({ ...quick, limits: { timeoutMs: TIMEOUT_MS, most: 64, mostPerAddress: 64 } })
  const random = new Random(SEED)
  for (let done = 0; done < FUZZ_CASES; done += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, () => attack(fuzzed(random), random.chance(0.3))))
  }
  await expectWell()
  // Only the look of /healthz.
  expect(lan.gateway.received.map(({ url }) => url)).toEqual(['/api/version'])
  expect(lan.log()).not.toMatch(/PRIVATE KEY|sk-lk-/)
})

/** Sends bytes, possibly in two pieces, and waits until the entrance or the client ends the connection. */
async function attack(bytes: Buffer, leaves: boolean): Promise<void> {
  const socket = await reach()
  const half = Math.floor(bytes.length / 2)
  socket.write(bytes.subarray(0, half))
  await new Promise((resolve) => setImmediate(resolve))
  socket.write(bytes.subarray(half))
  if (leaves) socket.end()
  await ended(socket)
}

function fuzzed(random: Random): Buffer {
  const kind = random.below(4)
  if (kind === 0) return Buffer.from(Array.from({ length: 1 + random.below(3_000) }, () => random.below(256)))
  const bytes = Buffer.from(hello)
  for (let n = random.below(8); n >= 0; n--) bytes[random.below(bytes.length)] = random.below(256)
  // Without this the first byte ends most cases before OpenSSL sees them.
  bytes[0] = 0x16
  if (kind === 1) return bytes
  if (kind === 2) return bytes.subarray(0, 1 + random.below(bytes.length))
  return Buffer.concat([hello, Buffer.from(Array.from({ length: random.below(2_000) }, () => random.below(256)))])
}

async function serveFiles({ cert, key }: Certificate): Promise<void> {
  const [lanCertificateFile, lanKeyFile] = [join(lan.dataDir, 'own.pem'), join(lan.dataDir, 'own.key')]
  await writeFile(lanCertificateFile, cert)
  await writeFile(lanKeyFile, key)
  await lan.follow({ lanTls: 'files', lanCertificateFile, lanKeyFile })
}

async function curl(ca: string, name: string): Promise<unknown> {
  const file = join(lan.dataDir, 'ca.pem')
  await writeFile(file, ca)
  const resolve = `${name}:${lan.port}:${LAN_HOST}`
  return exitOf('curl', ['-sS', '--cacert', file, '--resolve', resolve, `https://${name}:${lan.port}/api/tags`])
}

function openssl(...args: string[]): Promise<unknown> {
  return exitOf('openssl', [
    's_client',
    '-connect',
    `${LAN_HOST}:${lan.port}`,
    '-verify_return_error',
    '-brief',
    ...args,
  ])
}

async function exitOf(program: string, args: readonly string[]): Promise<unknown> {
  const child = execFile(program, args)
  child.stdin?.end()
  const [code] = await once(child, 'exit')
  return code
}
