import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sentenceOf } from '#shared/gateway/refusals.ts'
import { isExtension } from '#shared/origins/origin.ts'
import { type Serve, startServe } from '../serve.ts'
import type { Ask, Places } from './asker.ts'
import { chat, listModels } from './questions.ts'
import type { ExtensionOptions } from './write-extension.ts'

type StartAsker = (options: ExtensionOptions) => Promise<Places & { close(): Promise<void> }>

/** The kind of extension code, and whether the browser shows it an answer that Ollama itself refuses. */
const PLACES: readonly [place: string, ask: (places: Places) => Ask, sees403: Record<'with' | 'without', boolean>][] = [
  ['background', (places) => places.fromBackground, { with: true, without: false }],
  ['popup page', (places) => places.fromPopup, { with: true, without: false }],
  // A content script has its page's rules, whatever the extension's permissions.
  ['content script', (places) => places.fromContentScript, { with: false, without: false }],
]

/** Tests of an extension's requests to the gateway, in the browser that `start` opens. */
export function describeExtensionChats(start: StartAsker): void {
  describe.each(['with', 'without'] as const)('an extension %s host permissions', (permissions) => {
    let serve: Serve
    let asker: Awaited<ReturnType<StartAsker>>
    let secret: string

    beforeAll(async () => {
      serve = await startServe()
      secret = (await serve.createKey({ name: 'Extension' })).secret
      asker = await start({ hostPermissions: permissions === 'with' })
    })
    afterAll(async () => {
      await asker?.close()
      await serve?.stop()
    })

    if (permissions === 'with')
      it('is stopped by a block where it sends, and where it reads only when its key is off', async () => {
        const { id, secret: own } = await serve.createKey({ name: 'Own' })
        const read = async () => (await asker.fromPopup(listModels(serve.gateway, own))).status
        const send = async () =>
          (await asker.fromPopup(chat(serve.gateway, { api: 'ollama', stream: false, secret: own }))).status
        expect([await send(), await read()]).toEqual([200, 200])
        const origins = await serve.call('GET /api/origins', {})
        const { origin } = origins.find((record) => isExtension(record.origin)) ?? { origin: '' }
        await serve.call('POST /api/origins/decide', { origin, status: 'blocked' })
        expect([await send(), await read()]).toEqual([403, 200])
        await serve.run('key', 'disable', id)
        expect(await read()).toBe(401)
        await serve.call('POST /api/origins/decide', { origin, status: 'allowed' })
      })

    describe.each(PLACES)('in its %s', (_place, ask, sees403) => {
      it.each(['ollama', 'openai'] as const)('chats with a key through the %s API, streamed', async (api) => {
        const seen = await ask(asker)(chat(serve.gateway, { api, stream: true, secret }))
        expect(seen).toMatchObject({ status: 200 })
        expect(seen.text).toMatch(api === 'ollama' ? /"done":true/ : /data: \[DONE\]\n\n$/)
      })

      it('chats with a key, whole', async () => {
        const seen = await ask(asker)(chat(serve.gateway, { api: 'openai', stream: false, secret }))
        expect(seen).toMatchObject({ status: 200 })
        expect(JSON.parse(seen.text ?? '')).toMatchObject({ choices: [{ message: { role: 'assistant' } }] })
      })

      it('lists models with a key', async () => {
        const seen = await ask(asker)(listModels(serve.gateway, secret))
        expect(seen.status).toBe(200)
        expect(seen.text).toContain('sample-small:latest')
      })

      it('reads what to do when it has no key', async () => {
        const seen = await ask(asker)(chat(serve.gateway, { api: 'openai', stream: true }))
        expect(seen.status).toBe(401)
        expect(JSON.parse(seen.text ?? '')).toMatchObject({ error: { message: sentenceOf('key_missing') } })
      })

      it('is refused by the upstream itself', async () => {
        const seen = await ask(asker)(chat(serve.upstream, { api: 'ollama', stream: false }))
        if (sees403[permissions]) expect(seen.status).toBe(403)
        else expect(seen).toEqual({ failed: expect.stringMatching(/^(Failed to fetch|NetworkError)/) })
      })
    })
  })
}
