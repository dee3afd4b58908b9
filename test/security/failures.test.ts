import { afterEach, describe, expect, it, vi } from 'vitest'
import type { NewKeyInput } from '#shared/keys/key.ts'
import { startGateway, type TestGateway, type TestGatewayOptions } from '../support/gateway.ts'
import { exchangeRaw, openRaw } from '../support/raw-http.ts'
import { until } from '../support/until.ts'

let gateway: TestGateway | undefined
afterEach(() => gateway?.close())

const BODY = '{"model":"sample-small","messages":[{"role":"user","content":"hi"}]}'
const CHAT = `POST /api/chat HTTP/1.1\r\nContent-Length: ${BODY.length}\r\n`
const UPLOAD = 'POST /api/chat HTTP/1.1\r\nTransfer-Encoding: chunked\r\n'

interface Case {
  readonly options?: TestGatewayOptions
  readonly key?: Partial<NewKeyInput>
  readonly head?: string
  readonly body?: string
  readonly breaks?: (gateway: TestGateway) => void
  /** 500 where no answer had begun; none where the connection was cut. */
  readonly status: number | undefined
}

const fail = (): never => {
  throw new TypeError('broken')
}
const OWN = { key: () => ({}), usage: async () => ({}), metrics: async () => ({ text: '', contentType: 'text/plain' }) }
const listFilter: Partial<NewKeyInput> = { models: ['sample-small'] }

/** A fault in each place where a callback of an exchange enters from outside. */
const CASES: Readonly<Record<string, Case>> = {
  'a step': { breaks: ({ access }) => void (access.authorise = fail), status: 500 },
  'the look at a key': { breaks: ({ access }) => void (access.identify = fail), status: 500 },
  'the limits': { breaks: ({ access }) => void (access.admit = fail), status: 500 },
  'an own route': {
    options: { own: { ...OWN, key: fail } },
    head: 'GET /latchkey/key HTTP/1.1\r\n',
    body: '',
    status: 500,
  },
  'an own route that takes its time': {
    options: { own: { ...OWN, metrics: () => Promise.reject(new TypeError('broken')) } },
    key: { scopes: ['usage'] },
    head: 'GET /metrics HTTP/1.1\r\n',
    body: '',
    status: 500,
  },
  'a step behind the reading of a body': {
    key: listFilter,
    breaks: ({ access }) => void (access.mayUseModel = fail),
    status: 500,
  },
  'the filter of an answer, once it has begun': {
    key: listFilter,
    head: 'GET /api/tags HTTP/1.1\r\n',
    body: '',
    breaks: ({ access }) => void (access.mayUseModel = fail),
    status: undefined,
  },
  'the recorder, once the answer is whole': { options: { onRecord: fail }, status: 200 },
  'the end of a lease, once the answer is whole': {
    breaks({ access }) {
      access.admit = () => ({ reserve: () => null, end: fail })
    },
    status: 200,
  },
}

describe('an error inside Latchkey ends one exchange, is noted with its place, and leaks nothing', () => {
  it.each(Object.entries(CASES))('in %s', async (_name, { options, key, head = CHAT, body = BODY, breaks, status }) => {
    gateway = await startGateway(options)
    const { secret } = await gateway.createKey({ concurrency: 1, ...key })
    const { access } = gateway
    const own = new Set(Object.keys(access))
    breaks?.(gateway)
    const request = `${head}Host: localhost\r\nx-api-key: ${secret}\r\nConnection: close\r\n\r\n${body}`
    const answer = await exchangeRaw(gateway.port, request, 5_000)
    expect((answer.match(/HTTP\/1\.1 \d+/g) ?? []).length).toBeLessThanOrEqual(1)
    if (status !== undefined) expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    await until(() => gateway?.gateway.running === 0, 'the exchange to end')
    expect(gateway.failures).toHaveLength(1)
    expect(gateway.failures[0]).toMatchObject({ error: new TypeError('broken'), exchange: expect.any(String) })

    // The methods of the class are intact; what broke them lies on the object.
    for (const name of Object.keys(access)) if (!own.has(name)) Reflect.deleteProperty(access, name)
    if (options !== undefined) return
    const again = await exchangeRaw(gateway.port, request)
    expect(again).toMatch(/^HTTP\/1\.1 200 /)
  })

  it('in a listener of the body that comes in', async () => {
    gateway = await startGateway()
    const { secret } = await gateway.createKey({ concurrency: 1, online: true })
    const connection = await openRaw(gateway.port)
    connection.send(`${UPLOAD}Host: localhost\r\nx-api-key: ${secret}\r\n\r\n`)
    await until(() => gateway?.gateway.running === 1, 'the exchange')
    const prototype = Buffer.prototype as Buffer
    const { toString } = prototype
    const spy = vi.spyOn(prototype, 'toString').mockImplementation(function (this: Buffer, ...args) {
      return args[0] === 'latin1' && this.length === 2 ? fail() : toString.apply(this, args)
    })
    connection.send('2\r\n{}\r\n')
    await until(() => gateway?.failures.length === 1, 'the failure to be noted')
    spy.mockRestore()
    expect(await connection.readToEnd()).toMatch(/^HTTP\/1\.1 500 /)
    await until(() => gateway?.gateway.running === 0, 'the exchange to end')
  })
})
