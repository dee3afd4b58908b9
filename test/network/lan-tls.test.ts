import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inNamespaces } from '../support/namespaces.ts'
import { CLIENTS, curlChat } from './clients.ts'
import { ANSWER, type Home, PROMPT, startHome } from './home.ts'

inNamespaces(['curl', 'openssl', 'certutil', 'tcpdump'], () => {
  describe('other computers over TLS, as it is by default', () => {
    let home: Home

    beforeAll(async () => {
      home = await startHome()
      home.laptop.resolve({ 'desk.local': home.desk.address })
    })
    afterAll(() => home?.remove())

    for (const { name, missing, chat } of CLIENTS) {
      test(`${name} chats by the computer’s address, its IPv6 address and its name`, async ({ skip }) => {
        if (missing !== undefined) skip(missing)
        const urls = [home.desk.address, `[${home.desk.address6}]`, 'desk.local'].map((host) => home.url(host))
        const answered = { answer: expect.stringContaining(ANSWER) as unknown }
        expect(await chat(home, urls)).toEqual(urls.map(() => answered))
      })
    }

    test('the wire holds neither the key nor the question nor the answer', async () => {
      const capture = await home.network.capture()
      expect((await home.laptop.run(curlChat(home, home.url()))).stdout).toContain(ANSWER)
      const packets = await capture.stop()
      expect(packets.length).toBeGreaterThan(1_000)
      expect(secretsIn(home, packets)).toEqual([])
    })

    test('http:// gets a sentence with the https:// address', async () => {
      const { stdout } = await home.laptop.run([
        'curl',
        '-sS',
        `http://${home.desk.address}:${home.serve.port}/v1/models`,
      ])
      expect(stdout).toContain(home.url())
    })
  })

  describe('other computers without TLS, by choice', () => {
    let home: Home

    beforeAll(async () => {
      home = await startHome({ tls: false })
    })
    afterAll(() => home?.remove())

    test('the wire holds the key, the question and the answer, so the capture sees what it should', async () => {
      const capture = await home.network.capture()
      const chat = curlChat(home, home.url()).filter((word) => !['--cacert', home.authorityFile].includes(word))
      expect((await home.laptop.run(chat)).stdout).toContain(ANSWER)
      expect(secretsIn(home, await capture.stop())).toEqual([home.secret, PROMPT, ANSWER])
    })
  })
})

function secretsIn(home: Home, packets: Buffer): string[] {
  return [home.secret, PROMPT, ANSWER].filter((text) => packets.includes(text))
}
