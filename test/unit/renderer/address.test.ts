import { expect, it } from 'vitest'
import { isWellFormedSecret } from '#shared/keys/secret.ts'
import { addressFor } from '../../../src-renderer/recipes/address.ts'
import { WRONG_SECRET } from '../../support/wrong-secret.ts'

it.each([
  ['base', 'http://localhost:11500'],
  ['v1', 'http://localhost:11500/v1'],
  ['v1-chat', 'http://localhost:11500/v1/chat/completions'],
  ['key-in-path', `http://localhost:11500/k/${WRONG_SECRET}`],
  ['key-in-host', `http://${WRONG_SECRET}.localhost:11500`],
] as const)('the form %s is %s', (form, address) => {
  expect(addressFor(form, 'http://localhost:11500', WRONG_SECRET)).toBe(address)
})

it('the host label is the whole secret, which a URL keeps as it is', () => {
  const { hostname } = new URL(addressFor('key-in-host', 'http://localhost:11500', WRONG_SECRET))
  expect(isWellFormedSecret(hostname.replace('.localhost', ''))).toBe(true)
})
