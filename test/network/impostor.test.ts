import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Certificate, makeCertificate } from '../support/certificates.ts'
import { inNamespaces, type LanHost } from '../support/namespaces.ts'
import { until } from '../support/until.ts'
import { CLIENTS, curlChat } from './clients.ts'
import { type Home, startHome } from './home.ts'
import { readAuthority } from './stolen-authority.ts'

const PROGRAM = fileURLToPath(new URL('interceptor.child.ts', import.meta.url))

inNamespaces(['curl', 'openssl', 'certutil'], () => {
  let home: Home
  let mallory: LanHost

  beforeAll(async () => {
    home = await startHome()
    mallory = home.network.plugIn('mallory')
  })
  afterAll(() => home?.remove())

  /** Answers at this address of mallory with this certificate. Everything that it could read is in `read`. */
  async function answerAt(
    address: string,
    port: number,
    { cert, key }: Certificate,
  ): Promise<{ readonly read: string[] }> {
    const [certificate, keyFile] = [join(home.dir, `${address}.crt`), join(home.dir, `${address}.key`)]
    await writeFile(certificate, cert)
    await writeFile(keyFile, key)
    const child = mallory.spawn([process.execPath, PROGRAM, address, String(port), certificate, keyFile], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const lines: string[] = []
    createInterface({ input: child.stdout as Readable }).on('line', (line) => lines.push(line))
    await until(() => {
      if (child.exitCode !== null) throw new Error('the impostor ended')
      return lines.shift() === 'ready'
    }, 'the impostor')
    return { read: lines }
  }

  describe('between a client and Latchkey, with a certificate of its own', () => {
    let heard: { readonly read: string[] }

    beforeAll(async () => {
      // This is the state of the network after ARP spoofing: the laptop sends to mallory what is for the desk.
      mallory.ip('addr', 'add', `${home.desk.address}/32`, 'dev', 'lo')
      const { stdout } = await mallory.run(['cat', '/sys/class/net/eth0/address'])
      const poisoned = ['to', home.desk.address, 'lladdr', stdout.trim(), 'dev', 'eth0', 'nud', 'permanent']
      home.laptop.ip('neigh', 'replace', ...poisoned)
      heard = await answerAt(
        home.desk.address,
        home.serve.port,
        await makeCertificate({
          hosts: ['desk', 'desk.local'],
          addresses: [home.desk.address],
          by: await makeCertificate({ isAuthority: true }),
        }),
      )
    })
    afterAll(() => home.laptop.ip('neigh', 'del', home.desk.address, 'dev', 'eth0'))

    test('it reads everything of a client that checks nothing', async () => {
      const { stdout } = await home.laptop.run([...curlChat(home, home.url()), '--insecure'])
      expect(stdout).toContain('intercepted')
      await until(() => heard.read.splice(0).some((text) => text.includes(home.secret)), 'the key')
    })

    for (const { name, missing, chat, untrusted } of CLIENTS) {
      test(`${name} refuses it and tells it nothing`, async ({ skip }) => {
        if (missing !== undefined) skip(missing)
        expect(await chat(home, [home.url()])).toEqual([{ refusal: expect.stringMatching(untrusted) as unknown }])
        expect(heard.read).toEqual([])
      })
    }
  })

  describe('with the stolen key of the authority', () => {
    const judges = CLIENTS.filter(({ missing }) => missing === undefined)
    const OUTSIDE = '203.0.113.7'

    async function sign(options: { hosts?: readonly string[]; addresses?: readonly string[] }): Promise<Certificate> {
      return makeCertificate({ hosts: [], addresses: [], ...options, by: await readAuthority(home.serve.dataDir) })
    }

    /** What each judge says about the impostor at this place. */
    async function verdicts(host: string, port: number): Promise<unknown[]> {
      const all: unknown[] = []
      for (const { name, chat } of judges) all.push([name, ...(await chat(home, [`https://${host}:${port}`]))])
      return all
    }

    const agreed = (outcome: object) => judges.map(({ name }) => [name, outcome])
    const refused = (reason: RegExp) => agreed({ refusal: expect.stringMatching(reason) as unknown })

    test('it can pass for another computer at home, so its certificates are otherwise sound', async () => {
      home.laptop.resolve({ 'printer.local': mallory.address })
      await answerAt(mallory.address, 8443, await sign({ hosts: ['printer.local'], addresses: [mallory.address] }))
      for (const host of ['printer.local', mallory.address]) {
        const outcome = { answer: expect.stringContaining('intercepted') as unknown }
        expect([host, ...(await verdicts(host, 8443))]).toEqual([host, ...agreed(outcome)])
      }
    })

    test('it can pass for no site of the internet', async () => {
      home.laptop.resolve({ 'www.example.com': mallory.address })
      const { read } = await answerAt(mallory.address, 8444, await sign({ hosts: ['www.example.com'] }))
      expect(await verdicts('www.example.com', 8444)).toEqual(refused(OUTSIDE_CONSTRAINTS))
      expect(read).toEqual([])
    })

    test('it can pass for no address of the internet', async () => {
      mallory.ip('addr', 'add', `${OUTSIDE}/32`, 'dev', 'lo')
      home.laptop.ip('route', 'add', OUTSIDE, 'via', mallory.address)
      const { read } = await answerAt(OUTSIDE, 8445, await sign({ addresses: [OUTSIDE] }))
      expect(await verdicts(OUTSIDE, 8445)).toEqual(refused(OUTSIDE_CONSTRAINTS))
      expect(read).toEqual([])
    })

    test('it can sign no further authority', async () => {
      const authority = await readAuthority(home.serve.dataDir)
      const middle = await makeCertificate({ hosts: [], addresses: [], isAuthority: true, by: authority })
      const leaf = await makeCertificate({ hosts: ['desk.local'], addresses: [mallory.address], by: middle })
      const { read } = await answerAt(mallory.address, 8446, { cert: `${leaf.cert}\n${middle.cert}`, key: leaf.key })
      expect(await verdicts(mallory.address, 8446)).toEqual(refused(FURTHER_AUTHORITY))
      expect(read).toEqual([])
    })
  })
})

const OUTSIDE_CONSTRAINTS = /permitted subtree violation|ERR_CERT_INVALID|SEC_ERROR_CERT_NOT_IN_NAME_SPACE/
/** Chromium finds no valid path. */
const FURTHER_AUTHORITY = /path length|ERR_CERT_AUTHORITY_INVALID|SEC_ERROR_PATH_LEN_CONSTRAINT_INVALID/
