import { createServer, type Server } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { OPERATING_SYSTEMS, takeOverSteps } from '#shared/upstreams/take-over.ts'
import { startSampleUpstream } from '../../src-main/sample/sample-upstream.ts'
import { createTempDir } from '../support/temp-dir.ts'
import { runHere } from './run-here.ts'
import { requestOf, type StartedApp, startApp } from './started-app.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function startedApp(overrides: { gatewayPort?: number } = {}): Promise<StartedApp> {
  const started = await startApp({ overrides })
  closers.push(() => started.stop())
  return started
}

/** Moves to a port and is refused: code and sentence, after which the gateway is still where it was. */
async function refusedMove(started: StartedApp, gatewayPort: number): Promise<string> {
  const before = started.app.state().gateway
  const response = await started.ask(...requestOf('PATCH /api/settings', { gatewayPort }))
  const { error } = (await response.json()) as { error: { code: string; message: string } }
  expect([response.status, error.code]).toEqual([409, 'port_taken'])
  expect(started.app.state().gateway).toEqual(before)
  expect((await fetch(`http://127.0.0.1:${before.port}/healthz`)).status).toBe(200)
  return error.message
}

describe('a port that is taken is refused with a sentence that says what to do', () => {
  test('when Ollama itself holds it', async () => {
    const ollama = await startSampleUpstream()
    closers.push(() => ollama.close())
    const port = Number(new URL(ollama.url).port)
    const sentence = `Ollama itself uses port ${port}. Move Ollama to another port first, then give this one to Latchkey.`
    expect(await refusedMove(await startedApp(), port)).toBe(sentence)
    const late = await startedApp({ gatewayPort: port })
    expect(late.app.state().gateway).toMatchObject({ status: 'stopped', port, problem: { message: sentence } })
  })

  test('when Ollama has not been told to move', async () => {
    const started = await startedApp({ gatewayPort: 0 })
    await started.call('PATCH /api/settings', { upstream: 'http://127.0.0.1:11434' })
    const response = await started.ask(...requestOf('PATCH /api/settings', { gatewayPort: 11_434 }))
    expect(await response.json()).toMatchObject({
      error: {
        code: 'upstream_is_gateway',
        message: expect.stringContaining('latchkey doctor --take-over') as unknown,
      },
    })
  })

  test('when another Latchkey holds it', async () => {
    const { port } = (await startedApp()).app.state().gateway
    expect(await refusedMove(await startedApp(), port)).toContain(`Another Latchkey already uses port ${port}`)
  })

  test.each([
    ['says nothing', () => undefined],
    ['speaks no HTTP', (write: (text: string) => void) => write('220 mail\r\n')],
    ['sends without end', (write: (text: string) => void) => write(`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(1_000_000)}`)],
  ])('when a program holds it that %s', async (_name, greet) => {
    const other = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => greet((text) => socket.write(text)))
      closers.push(() => socket.destroy())
    })
    const port = await listening(other)
    expect(await refusedMove(await startedApp(), port)).toContain(`Port ${port} is already used by another program`)
  })
})

test('once Ollama has moved, Latchkey takes its port without a restart, and asks its apps for a key', async () => {
  const started = await startedApp()
  const ollama = await startSampleUpstream()
  const port = Number(new URL(ollama.url).port)
  await ollama.close()
  const moved = await startSampleUpstream()
  closers.push(() => moved.close())
  await started.call('PATCH /api/settings', { upstream: moved.url })
  await started.call('PATCH /api/settings', { gatewayPort: port })
  const { secret } = await started.call('POST /api/keys', { name: 'the app with the port built in' })
  const tags = (headers: Record<string, string>) => fetch(`http://127.0.0.1:${port}/api/tags`, { headers })
  expect((await tags({})).status).toBe(401)
  expect((await tags({ Authorization: `Bearer ${secret}` })).status).toBe(200)
})

describe('doctor --take-over', () => {
  test.each(OPERATING_SYSTEMS)('says for %s how to move Ollama, then its address, then the port', async (system) => {
    const { code, stdout } = await runHere('/nowhere', 'doctor', '--take-over', '--os', system)
    expect(code).toBe(0)
    const order = ['OLLAMA_HOST', 'settings set upstream http://127.0.0.1:11436', 'settings set gatewayPort 11434']
    const places = order.map((words) => stdout.indexOf(words))
    expect(places.every((place) => place > 0)).toBe(true)
    expect(places).toEqual([...places].sort((a, b) => a - b))
    const json = await runHere('/nowhere', 'doctor', '--take-over', '--os', system, '--json')
    expect(JSON.parse(json.stdout)).toEqual(takeOverSteps(system))
  })

  test('for another system is wrong usage', async () => {
    expect((await runHere('/nowhere', 'doctor', '--take-over', '--os', 'beos')).code).toBe(2)
  })

  test('is mentioned by doctor while Ollama has the port that such apps look for', async () => {
    const dir = await createTempDir()
    closers.push(() => dir.remove())
    const doctor = async () => (await runHere(dir.path, 'doctor')).stdout
    await runHere(dir.path, 'settings', 'set', 'upstream', 'http://127.0.0.1:11434')
    expect(await doctor()).toContain('latchkey doctor --take-over')
    await runHere(dir.path, 'settings', 'set', 'upstream', 'http://127.0.0.1:11436')
    expect(await doctor()).not.toContain('--take-over')
  })
})

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => server.close())
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
