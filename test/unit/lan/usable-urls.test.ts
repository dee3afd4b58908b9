import { expect, it } from 'vitest'
import { commonName, usableUrls } from '#shared/lan/usable-urls.ts'

const ADDRESSES = ['192.168.1.5', '203.0.113.9', 'fd00::2'].map((address) => ({
  address,
  url: `https://${address.includes(':') ? `[${address}]` : address}:11500`,
}))
const certificateFor = (...names: string[]) => ({
  subject: '',
  issuer: '',
  fingerprint: '',
  names,
  notBefore: 0,
  notAfter: 0,
})

it('with Latchkey’s own authority: the addresses in the certificate, and the name', () => {
  const certificate = certificateFor('kitchen', 'kitchen.local', '192.168.1.5', 'fd00::2')
  expect(usableUrls({ tls: 'authority', addresses: ADDRESSES, name: 'kitchen.local', certificate })).toEqual([
    'https://192.168.1.5:11500',
    'https://[fd00::2]:11500',
    'https://kitchen.local:11500',
  ])
})

it('with files: the names in the certificate, but no pattern', () => {
  const certificate = certificateFor('home.example.org', '*.example.org', '203.0.113.9')
  expect(usableUrls({ tls: 'files', addresses: ADDRESSES, name: 'kitchen.local', certificate })).toEqual([
    'https://203.0.113.9:11500',
    'https://home.example.org:11500',
  ])
})

it('with TLS and no certificate: none', () => {
  expect(usableUrls({ tls: 'authority', addresses: ADDRESSES, name: 'kitchen.local', certificate: null })).toEqual([])
})

it('without TLS: every address', () => {
  const addresses = [{ address: '192.168.1.5', url: 'http://192.168.1.5:11500' }]
  expect(usableUrls({ tls: 'off', addresses, name: 'kitchen.local', certificate: null })).toEqual([addresses[0]?.url])
})

it.each([
  ['CN=Latchkey on kitchen (2026-3fa9)', 'Latchkey on kitchen (2026-3fa9)'],
  ['C=US, O=Let’s Encrypt, CN=R11', 'R11'],
  ['CN=home, O=Mine', 'home'],
  ['O=Mine', 'O=Mine'],
])('the common name of %s', (name, common) => {
  expect(commonName(name)).toBe(common)
})
