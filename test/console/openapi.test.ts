import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { HEALTH_PATH, READY_PATH, ROUTES } from '#shared/gateway/routes.ts'
import { PAIRING_ROUTES } from '#shared/pairing/pairing-routes.ts'
import { askForKey } from '../support/ask-for-key.ts'
import { type StartedApp, startApp } from './started-app.ts'

type Json = Readonly<Record<string, unknown>>

interface Operation {
  readonly operationId: string
  readonly security?: readonly object[]
  readonly responses: Readonly<Record<string, { content?: Readonly<Record<string, { schema: { $ref: string } }>> }>>
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Json>> }
}

let started: StartedApp
let document: Document
beforeAll(async () => {
  started = await startApp()
  document = (await (await get('/latchkey/openapi.json')).json()) as Document
})
afterAll(() => started?.stop())

const get = (path: string, init: RequestInit = {}) => fetch(started.gatewayUrl() + path, init)
const keyed = (secret: string) => ({ headers: { Authorization: `Bearer ${secret}` } })

/** Reads an answer, and fails unless it is what the document says of this path and status, with no field besides. */
async function expectAsDocumented(path: string, answer: Response): Promise<Json> {
  const body = (await answer.json()) as Json
  const method = answer.url.includes('/token') || answer.url.includes('/auth/keys') ? 'post' : 'get'
  expectBody(path, method, answer.status, body)
  return body
}

function expectBody(path: string, method: string, status: number, body: Json): void {
  const responses = document.paths[path]?.[method]?.responses ?? {}
  const { schema } = (responses[status] ?? responses['default'])?.content?.['application/json'] ?? {}
  const named = document.components.schemas[schema?.$ref.replace('#/components/schemas/', '') ?? ''] as Json
  z.fromJSONSchema(named).parse(body)
  if (named['additionalProperties'] === undefined) {
    expect(Object.keys(named['properties'] as Json)).toEqual(expect.arrayContaining(Object.keys(body)))
  }
}

it('is a valid OpenAPI document', async () => {
  expect(await new Validator().validate(document as unknown as Json)).toMatchObject({ valid: true })
})

it('has every route that Latchkey answers itself, with its methods, and each operation once', () => {
  const own = ROUTES.filter((route) => route.class === 'own')
  const read = { methods: ['GET', 'HEAD'] }
  const open = ['/', HEALTH_PATH, READY_PATH].map((path) => ({ path, ...read }))
  const expected = [...own, ...PAIRING_ROUTES, ...open]
  const methodsOf = (path: string) => Object.keys(document.paths[path] ?? {}).map((method) => method.toUpperCase())
  expect(Object.keys(document.paths).toSorted()).toEqual(expected.map(({ path }) => path).toSorted())
  for (const { path, methods } of expected) expect(methodsOf(path), path).toEqual([...methods])
  const ids = Object.values(document.paths).flatMap((item) => Object.values(item).map(({ operationId }) => operationId))
  expect(new Set(ids).size).toBe(ids.length)
})

it('says of each route whether it needs a key, and it is so', async () => {
  for (const [path, item] of Object.entries(document.paths)) {
    if (item['get'] === undefined) continue
    const { status } = await get(path, { redirect: 'manual' })
    expect(status === 401, path).toBe(item['get'].security === undefined)
  }
})

it('is open to pages of this computer, and to nobody who comes by another name or through a proxy', async () => {
  const open = await get('/latchkey/openapi.json', { headers: { Origin: 'http://localhost:3000' } })
  expect(open.headers.get('access-control-allow-origin')).toBe('*')
  const relayed = await get('/latchkey/openapi.json', { headers: { 'X-Forwarded-For': '203.0.113.7' } })
  expect(relayed.status).toBe(401)
})

describe('the answers are as the document says', () => {
  it('of the routes that need no key', async () => {
    for (const path of [HEALTH_PATH, READY_PATH, '/.well-known/latchkey', '/.well-known/oauth-authorization-server'])
      await expectAsDocumented(path, await get(path))
  })

  it('of the routes with a key, and of their refusals', async () => {
    const { secret } = await started.call('POST /api/keys', { name: 'Own', requestsPerMinute: 60, tokensPerDay: 1000 })
    const chat = { model: 'sample-small', stream: false, messages: [{ role: 'user', content: 'hello' }] }
    await get('/api/chat', { method: 'POST', ...keyed(secret), body: JSON.stringify(chat) })
    for (const path of ['/latchkey/key', '/latchkey/usage']) {
      const answer = await get(path, keyed(secret))
      expect(answer.status).toBe(200)
      await expectAsDocumented(path, answer)
      await expectAsDocumented(path, await get(path))
    }
    const metrics = await get('/metrics', keyed(secret))
    expect(metrics.status).toBe(403)
    await expectAsDocumented('/metrics', metrics)
  })

  it('of the routes by which an app gets its key', async () => {
    const app = await askForKey(started.gatewayUrl(), { name: 'Documented' })
    expectBody('/latchkey/device_authorization', 'post', 200, app.answer)
    const pending = await app.fetchKey()
    expectBody('/latchkey/token', 'post', pending.status, pending.body)
    const [request] = await started.call('GET /api/pairing', {})
    await started.call('POST /api/pairing/approve', { id: request?.id ?? '', code: app.code, preset: 'chat' })
    const fetched = await app.fetchKey()
    expect(fetched.status).toBe(200)
    expectBody('/latchkey/token', 'post', 200, fetched.body)
    const json = { method: 'POST', body: JSON.stringify({ code: 'unknown', code_verifier: 'x'.repeat(43) }) }
    const refused = await get('/api/v1/auth/keys', json)
    expect(refused.status).toBe(403)
    await expectAsDocumented('/api/v1/auth/keys', refused)
  })
})
