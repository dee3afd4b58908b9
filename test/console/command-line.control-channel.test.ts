import { existsSync } from 'node:fs'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ControlChannel, callRunning, openControlChannel } from '../../src-main/control/control-channel.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'

let dir: TempDir
let channel: ControlChannel | undefined

beforeEach(async () => {
  dir = await createTempDir()
})
afterEach(async () => {
  await channel?.close()
  channel = undefined
  await dir.remove()
})

const echo = async (asked: Request) =>
  Response.json({ method: asked.method, url: asked.url, body: await asked.text() }, { status: 201 })

function get(path: string): Request {
  return new Request(`http://latchkey${path}`)
}

async function addressOf(dataDir: string): Promise<{ address: string; token: string }> {
  return JSON.parse(await readFile(join(dataDir, 'control.json'), 'utf8')) as { address: string; token: string }
}

test('method, path, body and status go across', async () => {
  channel = await openControlChannel({ dataDir: dir.path, handler: echo })
  const asked = new Request('http://latchkey/api/keys/a%20b?x=1', { method: 'PATCH', body: '{"enabled":false}' })
  const answer = await callRunning(dir.path, asked)
  expect(answer.status).toBe(201)
  expect(await answer.json()).toMatchObject({ method: 'PATCH', body: '{"enabled":false}' })
})

test('callRunning says plainly that no Latchkey is running, also after a kill', async () => {
  await expect(callRunning(dir.path, get('/'))).rejects.toMatchObject({ code: 'not_running' })
  await writeFile(join(dir.path, 'control.json'), JSON.stringify({ address: join(dir.path, 'gone.sock'), token: 'x' }))
  await expect(callRunning(dir.path, get('/'))).rejects.toMatchObject({ code: 'not_running' })
  await writeFile(join(dir.path, 'control.json'), '{"addr')
  await expect(callRunning(dir.path, get('/'))).rejects.toMatchObject({ code: 'not_running' })
})

test('without the token of the file nothing is answered', async () => {
  let asked = 0
  channel = await openControlChannel({
    dataDir: dir.path,
    handler: async () => {
      asked++
      return new Response('in')
    },
  })
  const { address, token } = await addressOf(dir.path)
  for (const authorization of [undefined, 'Bearer ', 'Bearer wrong', token, `Bearer ${token}x`]) {
    expect(await statusOf(address, authorization)).toBe(401)
  }
  expect(asked).toBe(0)
  expect(await statusOf(address, `Bearer ${token}`)).toBe(200)
})

function statusOf(socketPath: string, authorization: string | undefined): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { Host: 'latchkey', ...(authorization === undefined ? {} : { Authorization: authorization }) }
    request({ socketPath, path: '/', headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .once('error', reject)
      .end()
  })
}

test('only this user can open the socket and read the token', async () => {
  channel = await openControlChannel({ dataDir: dir.path, handler: echo })
  const { address } = await addressOf(dir.path)
  expect((await stat(join(dir.path, 'control.json'))).mode & 0o777).toBe(0o600)
  expect((await stat(address)).mode & 0o777).toBe(0o600)
})

test('a data directory with a long path works, and leaves nothing behind', async () => {
  const long = join(dir.path, 'x'.repeat(120))
  await mkdir(long)
  channel = await openControlChannel({ dataDir: long, handler: echo })
  const { address } = await addressOf(long)
  expect((await stat(join(address, '..'))).mode & 0o777).toBe(0o700)
  expect((await callRunning(long, get('/api/state'))).status).toBe(201)
  await channel.close()
  channel = undefined
  expect(existsSync(join(address, '..'))).toBe(false)
  expect(existsSync(join(long, 'control.json'))).toBe(false)
})

test('the socket of a killed process is replaced', async () => {
  await writeFile(join(dir.path, 'control.sock'), '')
  channel = await openControlChannel({ dataDir: dir.path, handler: echo })
  expect((await callRunning(dir.path, get('/'))).status).toBe(201)
})
