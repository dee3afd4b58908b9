import { describe, expect, it } from 'vitest'
import { until } from '../support/until.ts'
import { localAndOnline } from './local-and-online.ts'

const served = localAndOnline()
const { sent, send, expectStays } = served

describe('with online', () => {
  it('all of it is passed on', async () => {
    await send('/api/chat', { model: 'big:20b-cloud', stream: false }, { key: served.online })
    await send('/api/chat', { model: 'alias', stream: false }, { key: served.online })
    await send(
      '/v1/messages',
      { model: 'alias', max_tokens: 1, tools: [{ type: 'web_search' }], messages: [] },
      { key: served.online },
    )
    await send('/api/create', { model: 'mine', from: 'x:cloud', remote_host: 'ollama.com' }, { key: served.online })
    await send('/api/show', { model: 'gpt-oss:cloud' }, { key: served.online })
    expect(sent()).toHaveLength(5)
    expect(served.gateway.onlineQuestions).toEqual([])
  })

  it('the list of models still decides, and first: nobody is asked about what the key may not use anyway', async () => {
    const listed = await served.gateway.createKey({ models: ['sample-small', 'big:*'] })
    expect((await send('/api/chat', { model: 'alias' }, { key: listed })).text).toContain('list of models')
    expect(served.gateway.onlineQuestions).toEqual([])
    await expectStays('/api/chat', { model: 'big:20b-cloud' }, { key: listed })
    await served.gateway.access.keys.update(listed.id, { online: true })
    expect((await send('/api/chat', { model: 'big:20b-cloud' }, { key: listed })).status).toBe(200)
  })
})

describe('what manages models', () => {
  it('may load and send models without online, and ask who is signed in first', async () => {
    const manager = await served.gateway.createKey({ scopes: ['manage'] })
    await send('/api/pull', { model: 'gpt-oss:20b-cloud' }, { key: manager })
    await send('/api/push', { name: 'me/mine' }, { key: manager })
    await send('/api/me', '', { key: manager })
    await send('/api/copy', { source: 'alias', destination: 'b' }, { key: manager })
    await send('/api/delete', { model: 'alias' }, { key: manager, method: 'DELETE' })
    expect(sent().map(({ url }) => url)).toEqual(['/api/pull', '/api/push', '/api/me', '/api/copy', '/api/delete'])
    expect((await send('/api/signout', '', { key: manager })).status).toBe(403)
  })

  it('has all that the commands of ollama ask for it', async () => {
    const manager = await served.gateway.createKey({ scopes: ['manage'], allowInUrl: true })
    const at = `${served.gateway.url}/k/${manager.secret}`
    const head = { method: 'HEAD', headers: { 'x-client': 'test' } }
    expect((await fetch(`${at}/`, head)).status).toBe(200)
    expect((await fetch(`${at}/api/blobs/sha256:0`, head)).status).toBe(404)
    expect((await fetch(`${at}/api/show`, { method: 'POST', body: '{"model":"sample-small"}' })).status).toBe(403)
    expect((await fetch(`${at}/api/tags`)).status).toBe(403)
  })
})

describe('the question', () => {
  it('comes once per key, and yes lets it through at once', async () => {
    const asking = await served.gateway.createKey({ name: 'Page Assist' })
    for (let call = 0; call < 3; call++) await expectStays('/api/chat', { model: 'alias' }, { key: asking })
    await until(() => served.gateway.onlineQuestions.length > 0, 'the question')
    expect(served.gateway.onlineQuestions.map(({ name, onlineQuestion }) => [name, onlineQuestion])).toEqual([
      ['Page Assist', 'model'],
    ])
    expect(served.gateway.access.pendingOnlineCount()).toBeGreaterThan(0)
    await served.gateway.access.keys.update(asking.id, { online: true })
    expect((await send('/api/chat', { model: 'alias' }, { key: asking })).status).toBe(200)
    expect(served.gateway.records.at(-1)?.outcome).toBe('ok')
  })

  it('is not asked again after a no', async () => {
    const asking = await served.gateway.createKey()
    await expectStays(
      '/v1/messages',
      { model: 'sample-small', max_tokens: 1, messages: [], tools: [{ type: 'web_search' }] },
      { key: asking },
    )
    await until(() => served.gateway.onlineQuestions.length > 0, 'the question')
    expect(served.gateway.onlineQuestions[0]?.onlineQuestion).toBe('web')
    const answered = await served.gateway.access.keys.update(asking.id, { online: false })
    expect(answered).toMatchObject({ online: false, onlineQuestion: 'answered' })
    await expectStays('/api/chat', { model: 'alias' }, { key: asking })
    expect(served.gateway.onlineQuestions).toHaveLength(1)
  })

  it('a key that may no longer go online loses the answers that run', async () => {
    const asking = await served.gateway.createKey({ online: true })
    const answer = await fetch(`${served.gateway.url}/api/chat`, {
      method: 'POST',
      headers: { authorization: `Bearer ${asking.secret}` },
      body: JSON.stringify({ model: 'alias', messages: [{ role: 'user', content: 'write a long story' }] }),
    })
    await answer.body?.getReader().read()
    await served.gateway.access.keys.update(asking.id, { online: false })
    await until(() => served.gateway.records.find(({ keyId }) => keyId === asking.id), 'the end of the answer')
    expect(served.gateway.records.at(-1)).toMatchObject({ outcome: 'cut_off', reason: 'key_revoked' })
  })
})
