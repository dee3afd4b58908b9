import { expect, test } from 'vitest'
import type { NewKeyInput } from '#shared/keys/key.ts'
import { ask, decide, keyOf, newKey, openRoom } from './room.ts'

const SITE = 'https://chat.example'
const EXTENSION = 'chrome-extension://jfgfiigpkhlkbnfnbobbkinehhfdhndo'

type Row = [
  what: string,
  choices: Partial<NewKeyInput>,
  method: string,
  path: string,
  origin: string | null,
  is: string,
]

const ROWS: Row[] = [
  ['a new key chats', {}, 'POST', '/api/chat', null, 'ok'],
  ['a new key lists models', {}, 'GET', '/api/tags', null, 'ok'],
  ['a new key pulls nothing', {}, 'POST', '/api/pull', null, 'scope_missing'],
  ['chat alone lists nothing', { scopes: ['chat'] }, 'GET', '/v1/models', null, 'scope_missing'],
  ['manage alone does not chat', { scopes: ['manage'] }, 'POST', '/api/chat', null, 'scope_missing'],
  ['usage opens no route of the upstream', { scopes: ['usage'] }, 'GET', '/api/tags', null, 'scope_missing'],
  ['unknown routes need all', { scopes: ['chat', 'models', 'manage', 'usage'] }, 'GET', '/x', null, 'scope_missing'],
  ['the account needs all', { scopes: ['chat', 'models', 'manage'] }, 'POST', '/api/signout', null, 'scope_missing'],
  ['but for what a push asks first', { scopes: ['manage'] }, 'POST', '/api/me', null, 'ok'],
  ['all opens unknown routes', { scopes: ['all'] }, 'PATCH', '/x/y', null, 'ok'],
  ['an exact endpoint', { endpoints: ['/api/chat'] }, 'POST', '/api/chat', null, 'ok'],
  ['no other endpoint', { endpoints: ['/api/chat'] }, 'POST', '/api/generate', null, 'endpoint_not_allowed'],
  [
    'an exact endpoint is no prefix',
    { endpoints: ['/v1/models'] },
    'GET',
    '/v1/models/a',
    null,
    'endpoint_not_allowed',
  ],
  ['below a prefix', { endpoints: ['/v1/*'] }, 'POST', '/v1/chat/completions', null, 'ok'],
  [
    'a prefix ends at a segment',
    { scopes: ['all'], endpoints: ['/v1/*'] },
    'GET',
    '/v10/x',
    null,
    'endpoint_not_allowed',
  ],
  ['a prefix is not itself', { scopes: ['all'], endpoints: ['/v1/*'] }, 'GET', '/v1', null, 'endpoint_not_allowed'],
  ['everything below the root', { endpoints: ['/*'] }, 'GET', '/api/tags', null, 'ok'],
  ['a scope is missing before an endpoint', { endpoints: ['/x'] }, 'POST', '/api/pull', null, 'scope_missing'],
  ['a listed site', { origins: [SITE] }, 'POST', '/api/chat', SITE, 'ok'],
  ['a listed site in another spelling', { origins: [SITE] }, 'POST', '/api/chat', 'HTTPS://Chat.Example', 'ok'],
  ['a site that is not listed', { origins: [SITE] }, 'POST', '/api/chat', `${SITE}.evil.com`, 'origin_not_allowed'],
  ['another port is another site', { origins: [SITE] }, 'POST', '/api/chat', `${SITE}:8443`, 'origin_not_allowed'],
  ['null is a site of its own', { origins: [SITE] }, 'POST', '/api/chat', 'null', 'origin_not_allowed'],
  ['an extension’s GET has no Origin', { origins: [EXTENSION] }, 'GET', '/api/tags', null, 'ok'],
  ['a HEAD as well', { origins: [EXTENSION] }, 'HEAD', '/', null, 'ok'],
  ['but a script may not chat', { origins: [EXTENSION] }, 'POST', '/api/chat', null, 'origin_not_allowed'],
  ['nor show a model', { origins: [EXTENSION] }, 'POST', '/api/show', null, 'origin_not_allowed'],
  ['nor get what is unknown', { scopes: ['all'], origins: [SITE] }, 'GET', '/x', null, 'origin_not_allowed'],
  ['what is no origin', {}, 'POST', '/api/chat', 'not an origin', 'origin_not_allowed'],
]

test.each(ROWS)('%s', async (_, choices, method, path, origin, expected) => {
  const { access } = await openRoom()
  const { secret } = await access.keys.create(newKey(choices))
  expect(decide(access, secret, ask(method, path, origin))).toBe(expected)
})

test('a refusal says in plain words what is missing', async () => {
  const { access } = await openRoom()
  const key = keyOf(access, (await access.keys.create(newKey({ endpoints: ['/v1/*'] }))).secret)
  expect(access.authorise(key, ask('DELETE', '/api/delete'))).toEqual({
    refused: 'scope_missing',
    detail: 'download, create and delete models',
  })
  expect(access.authorise(key, ask('POST', '/api/chat'))).toEqual({
    refused: 'endpoint_not_allowed',
    detail: '/api/chat',
  })
})

test('a path that Latchkey does not know is not repeated in a refusal', async () => {
  const { access } = await openRoom()
  const { secret } = await access.keys.create(newKey({ scopes: ['all'], endpoints: ['/v1/*'] }))
  const refusal = access.authorise(keyOf(access, secret), ask('GET', `/${secret}`))
  expect(refusal).toEqual({ refused: 'endpoint_not_allowed', detail: 'this address' })
})

test('models are those of the list, and a change counts for a request under way', async () => {
  const { access } = await openRoom()
  const { secret, id } = await access.keys.create(newKey({ models: ['llama3', 'qwen*'] }))
  const key = keyOf(access, secret)
  expect(['llama3:latest', 'qwen3:8b', 'mistral'].map((model) => access.mayUseModel(key, model))).toEqual([
    true,
    true,
    false,
  ])
  await access.keys.update(id, { models: ['mistral'] })
  expect(['llama3:latest', 'mistral'].map((model) => access.mayUseModel(key, model))).toEqual([false, true])
})

test('a key that is switched off while a body is read is no longer admitted', async () => {
  const { access } = await openRoom()
  const { secret, id } = await access.keys.create(newKey())
  const key = keyOf(access, secret)
  await access.keys.update(id, { enabled: false })
  expect(access.admit(key)).toEqual({ refused: 'key_disabled' })
})
