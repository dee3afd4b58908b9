import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inNamespaces } from '../support/namespaces.ts'
import { until } from '../support/until.ts'
import { curlChat } from './clients.ts'
import { ANSWER, type Home, startHome } from './home.ts'

/** Connects without end, sends the beginning of a handshake each time, and leaves the connection open. */
const CROWD = `const [host, port] = process.argv.slice(1)
let made = 0
const more = () => require('node:net').connect(Number(port), host).on('error', () => undefined)
  .once('connect', function () { this.write(Buffer.from('1603010200010001fc0303', 'hex')); made++ })
  .once('close', () => setImmediate(more))
for (let n = 0; n < 400; n++) more()
setInterval(() => console.log(made), 50)`

inNamespaces(['curl', 'ss'], () => {
  let home: Home

  beforeAll(async () => {
    home = await startHome()
  })
  afterAll(() => home?.remove())

  test('half handshakes of one device do not pile up, and keep neither others out nor streams from going on', async () => {
    const { desk, laptop, serve } = home
    const mallory = home.network.plugIn('mallory')
    let streamed = ''
    const stream = laptop.spawn(curlChat(home, home.url(), 200), { stdio: ['ignore', 'pipe', 'inherit'] })
    stream.stdout?.setEncoding('utf8').on('data', (text: string) => (streamed += text))
    await until(() => streamed.includes(ANSWER), 'the stream to begin')
    let made = 0
    const crowd = mallory.spawn([process.execPath, '-e', CROWD, desk.address, String(serve.port)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    crowd.stdout?.setEncoding('utf8').on('data', (text: string) => (made = Number(text.trim().split('\n').at(-1))))
    await until(() => made > 1_000, 'the crowd')
    const kept = async () => {
      const filter = ['state', 'established', 'src', `${desk.address}:${serve.port}`, 'dst', mallory.address]
      return (await desk.run(['ss', '-Htn', ...filter])).stdout.split('\n').filter(Boolean).length
    }
    for (let n = 0; n < 3; n++) {
      expect((await laptop.run(curlChat(home, home.url()))).stdout).toContain(ANSWER)
      // 32 of one address; a few more have not been accepted yet.
      expect(await kept()).toBeLessThan(32 + BACKLOG)
    }
    crowd.kill('SIGKILL')
    await once(crowd, 'close')
    await until(() => stream.exitCode !== null, 'the end of the stream')
    expect([stream.exitCode, streamed.split(ANSWER).length - 1]).toEqual([0, 200])
    expect(serve.stderr()).not.toMatch(/Error|at .*\.js:/)
  })
})

/** Connections of the operating system that wait to be accepted. */
const BACKLOG = 512
