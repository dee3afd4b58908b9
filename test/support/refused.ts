import type { Socket } from 'node:net'
import type { RefusalCode } from '#shared/gateway/refusals.ts'
import type { NewKeyInput } from '#shared/keys/key.ts'
import type { TestGateway } from './gateway.ts'
import { startRawUpstream } from './raw-upstream.ts'
import { WRONG_SECRET } from './wrong-secret.ts'

/** A client's settings that cause a refusal. */
export interface Asking {
  readonly apiKey: string
  readonly model: string
}

export const MODEL = 'sample-small'

type Way = () => Promise<Asking>

type Anything = Extract<
  RefusalCode,
  | 'gateway_paused'
  | 'upstream_unreachable'
  | 'upstream_wants_key'
  | 'upstream_signed_out'
  | 'upstream_not_ollama'
  | 'key_unknown'
  | 'key_malformed'
  | 'key_missing'
  | 'key_disabled'
  | 'key_expired'
  | 'other_app'
  | 'scope_missing'
  | 'endpoint_not_allowed'
  | 'origin_not_allowed'
>
type Chats = Extract<RefusalCode, 'model_not_allowed' | 'stays_local' | 'budget_spent'>

export interface Refused {
  /** Refused for every request. */
  readonly anything: Readonly<Record<Anything, Way>>
  /** Refused only for requests with a model. */
  readonly chats: Readonly<Record<Chats, Way>>
  withSettings(changes: Partial<TestGateway['settings']>): Promise<Asking>
  /** A gateway in front of an upstream that sends exactly these bytes, or handles the connection with this function. */
  behind(answer: string | ((socket: Socket) => void)): Promise<Asking>
  /** Restores the gateway's state. */
  undo(): Promise<void>
}

/** Ways to get a lasting refusal. A person sees these in the settings of an app. */
export function waysToBeRefused(gateway: () => TestGateway): Refused {
  const back: (() => unknown)[] = []
  const withKey = async (choices: Partial<NewKeyInput> = {}, model = MODEL): Promise<Asking> => ({
    apiKey: (await gateway().createKey(choices)).secret,
    model,
  })
  const withSettings: Refused['withSettings'] = (changes) => {
    const { settings } = gateway()
    const before = { ...settings }
    Object.assign(settings, changes)
    back.push(() => Object.assign(settings, before))
    return withKey()
  }
  const behind: Refused['behind'] = async (answer) => {
    const upstream = await startRawUpstream(typeof answer === 'string' ? (socket) => socket.end(answer) : answer)
    back.push(() => upstream.close())
    return withSettings({ upstream: upstream.url })
  }
  const withChanged = async (changes: { enabled: boolean } | { expiresAt: number }): Promise<Asking> => {
    const { id, secret } = await gateway().createKey()
    await gateway().access.keys.update(id, changes)
    return { apiKey: secret, model: MODEL }
  }
  return {
    anything: {
      gateway_paused: () => withSettings({ paused: true }),
      upstream_unreachable: () => withSettings({ upstream: 'http://127.0.0.1:9' }),
      upstream_wants_key: () => behind(unauthorized('{}')),
      upstream_signed_out: () => behind(unauthorized('{"signin_url":"https://ollama.com/connect"}')),
      upstream_not_ollama: () => behind('SSH-2.0-OpenSSH_9.2p1\r\n'),
      key_unknown: () => Promise.resolve({ apiKey: WRONG_SECRET, model: MODEL }),
      key_malformed: () => Promise.resolve({ apiKey: WRONG_SECRET.slice(0, -3), model: MODEL }),
      key_missing: () => Promise.resolve({ apiKey: 'none', model: MODEL }),
      key_disabled: () => withChanged({ enabled: false }),
      key_expired: () => withChanged({ expiresAt: Date.now() - 1 }),
      other_app: () => withKey({ app: 'chatbox' }),
      scope_missing: () => withKey({ scopes: ['usage'] }),
      endpoint_not_allowed: () => withKey({ endpoints: ['/api/version'] }),
      origin_not_allowed: () => withKey({ origins: ['https://other.example'] }),
    },
    chats: {
      model_not_allowed: () => withKey({ models: ['another'] }),
      stays_local: () => withKey({}, 'big:20b-cloud'),
      budget_spent: async () => {
        const asking = await withKey({ tokensPerDay: 1 })
        const headers = { 'x-api-key': asking.apiKey }
        const body = JSON.stringify({ model: MODEL, stream: false, messages: [{ role: 'user', content: 'Hello' }] })
        await (await fetch(`${gateway().url}/api/chat`, { method: 'POST', headers, body })).text()
        return asking
      },
    },
    withSettings,
    behind,
    async undo() {
      for (const one of back.splice(0).reverse()) await one()
    },
  }
}

function unauthorized(body: string): string {
  return `HTTP/1.1 401 Unauthorized\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`
}
