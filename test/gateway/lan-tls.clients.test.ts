import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Ollama } from 'ollama'
import OpenAI from 'openai'
import { fetch } from 'undici'
import { afterEach, describe, expect, test } from 'vitest'
import { LAN_HOST, type LanGateway, type LanGatewayOptions, NAME, startLanGateway } from '../support/lan-gateway.ts'
import { bearer } from '../support/lan-stream.ts'
import { until } from '../support/until.ts'

const run = promisify(execFile)

let lan: LanGateway
afterEach(() => lan?.close())

const start = async (options?: LanGatewayOptions) => {
  lan = await startLanGateway(options)
  return lan
}

const newKey = async () => (await lan.gateway.createKey()).secret

const curl = async (...args: string[]) => {
  const caFile = join(lan.dataDir, 'ca.pem')
  await writeFile(caFile, lan.ca())
  const resolve = `${NAME}:${lan.port}:${LAN_HOST}`
  const given = args.map((arg) => (arg === '@ca' ? caFile : arg))
  return run('curl', ['--silent', '--show-error', '--max-time', '30', '--resolve', resolve, ...given]).then(
    ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
  )
}

describe('a client that trusts the authority', () => {
  test('is answered with a key and refused without, as on loopback', async () => {
    await start()
    const { fetch: ask } = lan.client()
    expect((await ask('/api/tags', { headers: bearer(await newKey()) })).status).toBe(200)
    expect((await ask('/api/tags')).status).toBe(401)
    expect(await lan.gateway.record(1)).toMatchObject({ reason: 'key_missing' })
    expect(lan.gateway.failures).toEqual([])
  })

  test('may be OpenSSL, which finds the chain whole and the name right', async () => {
    await start()
    const caFile = join(lan.dataDir, 'ca.pem')
    await writeFile(caFile, lan.ca())
    const args = ['s_client', '-connect', `${LAN_HOST}:${lan.port}`, '-servername', NAME, '-CAfile', caFile]
    const strict = ['-x509_strict', '-verify_return_error', '-verify_hostname', NAME, '-brief']
    const child = execFile('openssl', [...args, ...strict])
    child.stdin?.end()
    let said = ''
    child.stderr?.on('data', (piece: string) => (said += piece))
    const [code] = await once(child, 'exit')
    expect([code, said]).toEqual([0, expect.stringContaining('Verification: OK')])
    expect(said).toContain(`Verified peername: ${NAME}`)
    expect(said).toMatch(/Protocol version: TLSv1\.3/)
  })

  test('may be curl; without the authority it sends nothing, and the device is known as one that does not trust', async () => {
    await start()
    const auth = `Authorization: Bearer ${await newKey()}`
    const trusted = await curl('--cacert', '@ca', '-H', auth, `${lan.url}/api/tags`)
    expect(trusted).toMatchObject({ code: 0, stdout: expect.stringContaining('sample-small') as unknown })
    expect(lan.state().devices).toMatchObject([
      { userAgent: expect.stringMatching(/^curl\//) as unknown, lastFailure: null, usedOldAuthority: false },
    ])
    expect((await curl('-H', auth, `${lan.url}/api/tags`)).code).toBe(60)
    await until(() => lan.state().devices[0]?.lastFailure?.reason === 'not_trusted', 'the failure')
    expect(lan.gateway.received).toHaveLength(1)
  })

  test('may be the openai SDK, whole and streamed', async () => {
    await start()
    const { agent } = lan.client()
    const client = new OpenAI({
      baseURL: `${lan.url}/v1`,
      apiKey: await newKey(),
      maxRetries: 0,
      fetch: ((url: string, init: object) =>
        fetch(url, { ...init, dispatcher: agent })) as unknown as typeof globalThis.fetch,
    })
    const ask = { model: 'sample-small', messages: [{ role: 'user' as const, content: 'Why is the sky blue?' }] }
    const whole = await client.chat.completions.create(ask)
    let text = ''
    for await (const chunk of await client.chat.completions.create({ ...ask, stream: true }))
      text += chunk.choices[0]?.delta.content ?? ''
    expect(text).toBe(whole.choices[0]?.message.content)
  })

  test('may be the ollama SDK, streamed', async () => {
    await start()
    const { agent } = lan.client()
    const client = new Ollama({
      host: lan.url,
      headers: bearer(await newKey()),
      fetch: ((url: string, init: object) =>
        fetch(url, { ...init, dispatcher: agent })) as unknown as typeof globalThis.fetch,
    })
    let text = ''
    const messages = [{ role: 'user', content: 'hello' }]
    for await (const part of await client.chat({ model: 'sample-small', messages, stream: true }))
      text += part.message.content
    expect(text.length).toBeGreaterThan(10)
  })

  test('resumes its session without another certificate', async () => {
    await start()
    const first = await lan.secure({ maxVersion: 'TLSv1.2' })
    const session = first.getSession()
    first.end()
    const second = await lan.secure({ maxVersion: 'TLSv1.2', ...(session === undefined ? {} : { session }) })
    expect(second.isSessionReused()).toBe(true)
    second.destroy()
    await lan.devices.replaceAuthority()
    const third = await lan.secure({ maxVersion: 'TLSv1.2', ...(session === undefined ? {} : { session }) })
    expect(third.isSessionReused()).toBe(false)
    third.destroy()
  })
})
