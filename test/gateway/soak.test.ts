import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { until } from '../support/until.ts'

const STREAMS = 500
const MEBIBYTE = 1024 * 1024
const BODY = JSON.stringify({ model: 'sample-small', messages: [{ role: 'user', content: 'word '.repeat(40) }] })

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({ chunkDelayMs: 15 })
})
afterAll(() => gateway.close())

type Fate = 'reads' | 'reads slowly' | 'leaves'

it('500 streams at once, some read slowly and some left, leave no memory and no socket behind', async () => {
  const { secret } = await gateway.createKey()
  await round(secret, 50)
  const before = heapUsed()
  await round(secret, STREAMS)
  await round(secret, STREAMS)
  expect(gateway.gateway.running).toBe(0)
  // Two rounds of 500: a leak of 20 kB a stream would be 20 MB.
  expect(heapUsed() - before).toBeLessThan(12 * MEBIBYTE)
})

async function round(secret: string, streams: number): Promise<void> {
  gateway.records.length = 0
  const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY })
  const fates = Array.from(
    { length: streams },
    (_, at): Fate => (at % 5 === 0 ? 'leaves' : at % 5 === 1 ? 'reads slowly' : 'reads'),
  )
  await Promise.all(fates.map((fate) => stream(secret, fate, agent)))
  agent.destroy()
  await until(() => gateway.records.length === streams, 'every exchange to be recorded')
  const outcomes = gateway.records.map((record) => record.outcome)
  const left = fates.filter((fate) => fate === 'leaves').length
  expect(outcomes.filter((outcome) => outcome === 'client_aborted')).toHaveLength(left)
  expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(streams - left)
  expect(gateway.records.every((record) => record.outcome !== 'ok' || (record.completionTokens ?? 0) > 0)).toBe(true)
  await Promise.all(gateway.received.map((request) => request.ended))
  gateway.received.length = 0
}

function stream(secret: string, fate: Fate, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-api-key': secret, 'content-length': Buffer.byteLength(BODY) }
    const request = httpRequest(`${gateway.url}/api/chat`, { method: 'POST', headers, agent })
    request.on('error', reject)
    request.on('response', (response) => follow(request, response, fate, resolve))
    request.end(BODY)
  })
}

function follow(request: ClientRequest, response: IncomingMessage, fate: Fate, done: () => void): void {
  response.on('error', () => undefined)
  request.removeAllListeners('error').on('error', () => undefined)
  response.once('close', done)
  if (fate === 'leaves') response.once('data', () => request.destroy())
  else if (fate === 'reads slowly') readSlowly(response)
  else response.resume()
}

function readSlowly(response: IncomingMessage): void {
  response.on('data', () => {
    response.pause()
    setTimeout(() => response.resume(), 25)
  })
}

function heapUsed(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  for (let times = 0; times < 3; times++) collect()
  return process.memoryUsage().heapUsed
}
