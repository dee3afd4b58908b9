import { afterEach, beforeEach, expect, test } from 'vitest'
import { inNamespaces } from '../support/namespaces.ts'
import { until } from '../support/until.ts'
import { curlChat } from './clients.ts'
import { ANSWER, type Home, startHome } from './home.ts'

inNamespaces(['curl', 'openssl', 'nft'], () => {
  let home: Home

  beforeEach(async () => {
    home = await startHome()
  })
  afterEach(() => home?.remove())

  const countWords = (text: string) => text.split(ANSWER).length - 1

  test('clients reach it at a new address with a valid certificate, and a stream on another address goes on', async () => {
    const { desk, laptop, serve } = home
    const before = await certificateAt(home, desk.address)
    expect(before).toContain(`IP Address:${desk.address}`)
    let streamed = ''
    const stream = laptop.spawn(curlChat(home, home.url(`[${desk.address6}]`), Number.POSITIVE_INFINITY), {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    stream.stdout?.setEncoding('utf8').on('data', (text: string) => (streamed += text))
    await until(() => countWords(streamed) > 0, 'the stream to begin')

    const moved = '192.168.77.99'
    desk.ip('addr', 'del', `${desk.address}/24`, 'dev', 'eth0')
    desk.ip('addr', 'add', `${moved}/24`, 'dev', 'eth0')
    const reached = await until(async () => {
      const { code, stdout } = await laptop.run([...curlChat(home, home.url(moved)), '--connect-timeout', '1'])
      return code === 0 && stdout
    }, 'an answer at the new address')
    expect(reached).toContain(ANSWER)
    const after = await certificateAt(home, moved)
    expect(after).toContain(`IP Address:${moved}`)
    expect(after).not.toContain(`IP Address:${desk.address},`)

    const words = countWords(streamed)
    await until(() => countWords(streamed) > words, 'the next word of the stream')
    await desk.run(['curl', '-sS', `${serve.upstream}/end`])
    await until(() => stream.exitCode !== null, 'the end of the stream')
    expect([stream.exitCode, streamed]).toEqual([0, expect.stringMatching(/\[DONE\]\s*$/)])
  })

  test('a network that loses a tenth of all packets loses no chat', async () => {
    const { laptop } = home
    laptop.lose(10)
    const chats = await Promise.all(Array.from({ length: 12 }, () => laptop.run(curlChat(home, home.url(), 20))))
    expect(chats.map(({ code, stdout }) => [code, countWords(stdout)])).toEqual(chats.map(() => [0, 20]))
  })

  test('a computer that sleeps for some seconds goes on with its streams, and answers who came meanwhile', async () => {
    const { laptop, serve } = home
    const pid = serve.process.pid as number
    let streamed = ''
    const stream = laptop.spawn(curlChat(home, home.url(), 100), { stdio: ['ignore', 'pipe', 'inherit'] })
    stream.stdout?.setEncoding('utf8').on('data', (text: string) => (streamed += text))
    await until(() => countWords(streamed) > 0, 'the stream to begin')
    process.kill(pid, 'SIGSTOP')
    const meanwhile = laptop.run(curlChat(home, home.url()))
    // A time, because the sleep itself is one: it is longer than the deadline of a handshake.
    await new Promise((resolve) => setTimeout(resolve, SLEEP_MS))
    process.kill(pid, 'SIGCONT')
    expect((await meanwhile).stdout).toContain(ANSWER)
    await until(() => stream.exitCode !== null, 'the end of the stream')
    expect([stream.exitCode, countWords(streamed)]).toEqual([0, 100])
  })
})

const SLEEP_MS = 12_000

/** The names and addresses in the certificate, as OpenSSL prints them. */
async function certificateAt({ laptop, serve }: Home, address: string): Promise<string> {
  const { stdout } = await laptop.run(['openssl', 's_client', '-connect', `${address}:${serve.port}`])
  const { stdout: text } = await laptop.run(['openssl', 'x509', '-noout', '-ext', 'subjectAltName'], { input: stdout })
  return `${text.trim()},`
}
