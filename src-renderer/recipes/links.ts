import { LINK_APPS, type LinkAppId } from '#shared/keys/link-apps.ts'

/** The values that a link hands over. The address has the form that the app's recipe names. */
export interface LinkContent {
  readonly address: string
  readonly key: string
  /** Names of models, so that the app need not ask for them first. */
  readonly models: readonly string[]
}

const PROVIDER = { id: 'latchkey', name: 'Latchkey' }
/** More would make a QR code that no camera reads. */
const MOST_MODELS = 6

/** The part after `opens` of each app's row in `LINK_APPS`, which names its source. */
const QUERIES: { readonly [App in LinkAppId]: (content: LinkContent) => string } = {
  // Its own base64 alphabet has _ for + and - for /, the reverse of RFC 4648's.
  'cherry-studio': ({ address, key }) => {
    const config = { ...PROVIDER, type: 'openai', baseUrl: address, apiKey: key }
    return `v=1&data=${base64(config).replaceAll('+', '_').replaceAll('/', '-')}`
  },
  chatbox: ({ address, key, models }) => {
    const settings = { apiHost: address, apiPath: '/chat/completions', apiKey: key, models: models.map(toChatboxModel) }
    return `config=${encodeURIComponent(base64({ isCustom: true, ...PROVIDER, type: 'openai', settings }))}`
  },
  opencat: ({ address, key }) => `domain=${encodeURIComponent(address)}&token=${encodeURIComponent(key)}`,
  ama: ({ address, key }) => `server=${encodeURIComponent(address)}&key=${encodeURIComponent(key)}`,
}

/** The link that opens the app and gives it address and key. It holds the secret: show it, and keep it nowhere. */
export function linkFor(app: LinkAppId, content: LinkContent): string {
  const models = content.models.slice(0, MOST_MODELS)
  return LINK_APPS[app].opens + QUERIES[app]({ ...content, models })
}

function toChatboxModel(modelId: string) {
  return { modelId, type: 'chat' }
}

function base64(value: object): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(value))))
}
