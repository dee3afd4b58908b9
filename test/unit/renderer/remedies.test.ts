import { describe, expect, it, vi } from 'vitest'
import type { Exchange } from '#shared/gateway/exchange.ts'
import { REFUSALS } from '#shared/gateway/refusal-table.ts'
import { type RefusalCode, remedyOf } from '#shared/gateway/refusals.ts'
import type { Key } from '#shared/keys/key.ts'
import type { OriginRecord } from '#shared/origins/origin.ts'
import type { RemedyContext } from '../../../src-renderer/parts/remedies/remedy-action.ts'
import { remedyAction } from '../../../src-renderer/parts/remedies/remedy-table.ts'
import { exchangeOf } from './exchange-of.ts'

// The language of the texts comes from the document.
vi.hoisted(() => vi.stubGlobal('document', { documentElement: { dataset: { language: 'en' } } }))
vi.hoisted(() => vi.stubGlobal('window', { addEventListener: () => {} }))

const SITE = 'https://a.example'
const SECRET = 'sk-lk-abcdefgh'

describe('the button for a refusal', () => {
  it.each<[RefusalCode, string | null]>([
    ['key_unknown', 'Make a key for the app'],
    ['key_expired', 'Go to Keys'],
    ['key_disabled', 'Switch on “Notes”'],
    ['origin_blocked', 'Allow a.example'],
    ['origin_not_allowed', 'Let “Notes” be used from a.example'],
    ['model_not_allowed', 'Let “Notes” use m'],
    ['endpoint_not_allowed', 'Let “Notes” use Chat'],
    ['scope_missing', 'Let “Notes” chat'],
    ['stays_local', 'Let “Notes” use cloud models and web search'],
    ['host_not_allowed', 'Copy the right address: http://localhost:11500'],
    ['gateway_paused', 'Resume Latchkey'],
    ['upstream_broke', 'Look for Ollama again'],
    ['bad_body', null],
  ])('of %s says %s', (reason, label) => {
    expect(labelOf(reason)).toBe(label)
  })

  it('copies the key where the page still shows it, and never leaves that page', () => {
    const shown = { secret: SECRET, address: 'http://localhost:11500' }
    expect(actionFor('key_malformed', {}, shown)).toMatchObject({ kind: 'copy', value: SECRET })
    expect(actionFor('rate_limited', {}, shown)).toBeNull()
    for (const reason of Object.keys(REFUSALS)) expect(actionFor(reason, {}, shown)?.kind).not.toBe('open')
  })

  it('copies an address that contains the key without showing it in the label', () => {
    const shown = { secret: SECRET, address: `http://${SECRET}.localhost:11500` }
    const action = actionFor('key_missing', {}, shown)
    expect(action).toMatchObject({ kind: 'copy', value: shown.address })
    expect(action).not.toMatchObject({ label: expect.stringContaining(SECRET) })
  })

  it('copies the address where the upstream has no such route, and gives no key more for it', () => {
    const unknown = { route: 'unknown', routeClass: 'unknown' } as const
    expect(actionFor('scope_missing', unknown)).toMatchObject({ kind: 'copy' })
  })

  it('is absent where the record has no name to allow', () => {
    expect(actionFor('origin_not_approved', { origin: null })).toBeNull()
    expect(actionFor('origin_blocked', { origin: 'other' })).toBeNull()
    expect(actionFor('model_not_allowed', { model: 'other' })).toBeNull()
  })

  it('is absent for a key that was deleted, and leads to the keys for a key that is unknown', () => {
    expect(actionFor('stays_local', { keyId: 'deleted' })).toBeNull()
    expect(actionFor('key_in_url', { keyId: null })).toMatchObject({ kind: 'open', href: '/keys' })
  })

  it.each<[RefusalCode, Partial<RemedyContext>]>([
    ['origin_blocked', { origins: [record('allowed')] }],
    ['origin_not_allowed', { key: keyWith({ origins: [SITE] }) }],
    ['model_not_allowed', { key: keyWith({ models: null }) }],
    ['scope_missing', { key: keyWith({ scopes: ['all'] }) }],
    ['stays_local', { key: keyWith({ online: true }) }],
    ['key_disabled', { key: keyWith({ enabled: true }) }],
    ['gateway_paused', { paused: false }],
  ])('of %s gives way to the news that it was fixed', (reason, context) => {
    expect(actionFor(reason, {}, context)).toEqual({ kind: 'done' })
  })
})

function labelOf(reason: RefusalCode): string | null {
  const action = actionFor(reason)
  return action !== null && 'label' in action ? action.label : null
}

function actionFor(reason: string, given: Partial<Exchange> = {}, context: Partial<RemedyContext> = {}) {
  const exchange = exchangeOf({ outcome: 'refused', reason, origin: SITE, ...given })
  return remedyAction(remedyOf(exchange), {
    exchange,
    key: exchange.keyId === 'k1' ? keyWith({}) : undefined,
    origins: [],
    paused: true,
    address: 'http://localhost:11500',
    secret: null,
    ...context,
  })
}

/** A key that may do nothing of what the exchange asks for. */
function keyWith(given: Partial<Key>): Key {
  return {
    id: 'k1',
    name: 'Notes',
    person: 'person_owner',
    enabled: false,
    scopes: ['models'],
    endpoints: ['/api/tags'],
    models: ['other-model'],
    origins: ['https://b.example'],
    expiresAt: null,
    requestsPerMinute: null,
    tokensPerDay: null,
    concurrency: null,
    allowInUrl: false,
    online: false,
    app: 'cherry-studio',
    onlineQuestion: null,
    otherApp: null,
    onlyItsApp: false,
    prefix: 'sk-lk-abcdef',
    createdAt: 0,
    lastUsedAt: null,
    graceUntil: null,
    ...given,
  }
}

function record(status: OriginRecord['status']): OriginRecord {
  return {
    origin: SITE,
    label: null,
    status,
    decidedBy: 'person',
    firstSeenAt: 0,
    lastSeenAt: 0,
    requests: 1,
    refused: 1,
  }
}
