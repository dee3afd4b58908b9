import { describe, expect, it } from 'vitest'
import { LINK_APP_IDS, LINK_APPS } from '#shared/keys/link-apps.ts'
import { mayOpenOutside } from '../../../src-main/desktop/hardening/permissions.ts'
import { addressFor } from '../../../src-renderer/recipes/address.ts'
import { linkFor } from '../../../src-renderer/recipes/links.ts'
import { APP_IDS, RECIPES } from '../../../src-renderer/recipes/recipes.ts'

/*
 * The apps' own parsers are parts of the apps and no packages. So these are the contents that each app's source asks for,
 * written out, with the steps by which that source reads them.
 */

const key = `sk-lk-${'a'.repeat(39)}`
const models = ['llama3.2:latest', 'qwen3:8b']
const linkOf = (app: (typeof LINK_APP_IDS)[number], gateway = 'http://localhost:11500') =>
  new URL(linkFor(app, { address: addressFor(RECIPES[app].address, gateway, key), key, models }))

it('Cherry Studio finds the provider in its link', () => {
  const link = linkOf('cherry-studio')
  expect([link.protocol, link.host, link.pathname]).toEqual(['cherrystudio:', 'providers', '/api-keys'])
  // providersImport.ts: it turns + and / of the whole query into _ and -, then those of the data back, and drops
  // brackets from the JSON.
  const search = new URLSearchParams(link.search.replaceAll('+', '_').replaceAll('/', '-'))
  const data = (search.get('data') ?? '').replaceAll('_', '+').replaceAll('-', '/')
  const json = Buffer.from(data, 'base64').toString('utf-8')
  expect(json).not.toMatch(/['()]/)
  expect(search.get('v')).toBe('1')
  expect(JSON.parse(json)).toEqual({
    id: 'latchkey',
    name: 'Latchkey',
    type: 'openai',
    baseUrl: 'http://localhost:11500',
    apiKey: key,
  })
})

it('Chatbox finds the provider in its link, with the models', () => {
  const link = linkOf('chatbox')
  expect([link.protocol, link.host, link.pathname]).toEqual(['chatbox:', 'provider', '/import'])
  // deeplinks.ts, base64.ts: a space represents a plus.
  const config = (link.searchParams.get('config') ?? '').replaceAll(' ', '+')
  expect(JSON.parse(Buffer.from(config, 'base64').toString('utf-8'))).toEqual({
    isCustom: true,
    id: 'latchkey',
    name: 'Latchkey',
    type: 'openai',
    settings: {
      apiHost: 'http://localhost:11500/v1',
      apiPath: '/chat/completions',
      apiKey: key,
      models: [
        { modelId: 'llama3.2:latest', type: 'chat' },
        { modelId: 'qwen3:8b', type: 'chat' },
      ],
    },
  })
})

it('OpenCat and AMA find address and key in their links', () => {
  const opencat = linkOf('opencat')
  expect([opencat.protocol, opencat.host, opencat.pathname]).toEqual(['opencat:', 'team', '/join'])
  expect(Object.fromEntries(opencat.searchParams)).toEqual({ domain: 'http://localhost:11500', token: key })
  const ama = linkOf('ama')
  expect([ama.protocol, ama.host]).toEqual(['ama:', 'set-api-key'])
  expect(Object.fromEntries(ama.searchParams)).toEqual({ server: 'http://localhost:11500', key })
})

describe.each(LINK_APP_IDS)('the link of %s', (app) => {
  it('is one that the desktop opens, and never one to a web site', () => {
    const { href, protocol } = linkOf(app, 'http://192.168.1.5:11500')
    expect(mayOpenOutside(href)).toBe(true)
    expect(protocol).not.toMatch(/^https?:$/)
    // Another path, another host or another scheme is another link.
    expect(mayOpenOutside(`${protocol}//elsewhere/${href}`)).toBe(false)
    expect(mayOpenOutside(` ${href}`)).toBe(false)
    expect(mayOpenOutside(href.replace(protocol, 'https:'))).toBe(false)
  })

  it('belongs to one recipe, whose name it has', () => {
    const recipes = APP_IDS.filter((id) => RECIPES[id].link === app)
    expect(recipes.map((id) => RECIPES[id].name)).toEqual([LINK_APPS[app].name])
  })
})

it('many models do not make the link too long for a code', () => {
  const many = Array.from({ length: 200 }, (_, index) => `a-model-with-a-name:${index}`)
  for (const app of LINK_APP_IDS) {
    expect(linkFor(app, { address: 'http://192.168.1.5:11500', key, models: many }).length).toBeLessThan(1500)
  }
})
