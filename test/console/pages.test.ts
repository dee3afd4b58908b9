import { rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAssets } from '../../src-main/console-api/assets.ts'
import { createTempDir } from '../support/temp-dir.ts'
import { DOCUMENT, type StartedApp, startApp } from './started-app.ts'

let started: StartedApp

beforeAll(async () => {
  started = await startApp()
})
afterAll(() => started.stop())

test.each(['/', '/index.html', '/keys', '/usage/today', '/apis', '/?x=1'])('%s is the document', async (path) => {
  const response = await started.ask(path)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(response.headers.get('cache-control')).toBe('no-cache')
  expect((await response.text()).replace(/ data-(?:language|theme)="auto"/g, '')).toBe(DOCUMENT)
})

test('the document brings the chosen language and theme along, for the first paint', async () => {
  const choose = (choices: object) =>
    started.ask('/api/settings', {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(choices),
    })
  await choose({ language: 'de', theme: 'dark' })
  expect(await (await started.ask('/')).text()).toContain('<html data-language="de" data-theme="dark"')
  await choose({ language: 'auto', theme: 'auto' })
  expect(await (await started.ask('/')).text()).toContain('<html data-language="auto" data-theme="auto"')
})

test('a file with a hash in its name may be kept for ever, and another is asked for again', async () => {
  const script = await started.ask('/assets/index-Ab3_d-9x.js')
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  const icon = await started.ask('/icon.svg')
  expect([icon.headers.get('content-type'), icon.headers.get('cache-control')]).toEqual(['image/svg+xml', 'no-cache'])
})

test.each(['/', '/icon.svg', '/api/state', '/api/nothing', '/nothing.js', '/api/events'])(
  '%s has the security headers and no CORS header',
  async (path) => {
    const response = await started.ask(path, { headers: { Origin: 'https://example.org' } })
    await response.body?.cancel()
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-security-policy': expect.stringMatching(
        /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'; webrtc 'block'$/,
      ) as unknown,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    })
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
    if (path.startsWith('/api/')) expect(response.headers.get('cache-control')).toBe('no-store')
  },
)

test.each([
  '/../outside.txt',
  '/%2e%2e/outside.txt',
  '/..%2foutside.txt',
  '/%2e%2e%2foutside.txt',
  '/..%5coutside.txt',
  '/..\\outside.txt',
  '/assets/../../outside.txt',
  '/assets/%2e%2e/%2e%2e/outside.txt',
  '/%252e%252e%252foutside.txt',
  '//outside.txt',
  '/outside.txt%00.html',
  '/./../data/settings.json',
  '/assets/..%2f..%2fdata%2flatchkey.db',
])('%s leads nowhere', async (path) => {
  const response = await started.ask(path)
  expect(response.status).toBe(404)
  expect(await response.text()).not.toContain('not for the console')
})

test('the reader of files takes no path but those it listed, and no link', async () => {
  const dir = await createTempDir()
  await symlink('/etc/hostname', join(dir.path, 'link.txt'))
  const asset = createAssets(dir.path)
  for (const path of ['/link.txt', 'link.txt', '/../../etc/hostname', '/etc/hostname', '', '/']) {
    expect(await asset(path)).toBeUndefined()
  }
  await dir.remove()
})

test('without a built renderer the API works and the pages are not there', async () => {
  const dir = await createTempDir()
  await rm(dir.path, { recursive: true })
  expect(await createAssets(dir.path)('/index.html')).toBeUndefined()
})
