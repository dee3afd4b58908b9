import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { settingsSchema } from '#shared/settings/settings.ts'
import { createConsolePages } from '../../../src-main/desktop/window/console-pages.ts'
import { createTempDir } from '../../support/temp-dir.ts'

/** The window's handler over a folder with a page and a script. `asked` has the paths that reached the core. */
async function openPages() {
  const dir = await createTempDir()
  onTestFinished(dir.remove)
  await mkdir(join(dir.path, 'assets'))
  await writeFile(join(dir.path, 'index.html'), '<!doctype html><html lang="en"></html>')
  await writeFile(join(dir.path, 'assets', 'index-Cx1B_9aZ.js'), 'export {}')
  const asked: string[] = []
  const handler = createConsolePages({
    rendererDir: dir.path,
    settings: () => settingsSchema.parse({ language: 'de', theme: 'dark' }),
    core: async ({ method, url }) => {
      asked.push(`${method} ${new URL(url).pathname}`)
      return new Response(null, { status: 404 })
    },
  })
  return { asked, get: (path: string, init?: RequestInit) => handler(new Request(`app://console${path}`, init)) }
}

test('the window’s files do not reach the thread of the streams', async () => {
  const { asked, get } = await openPages()
  const script = await get('/assets/index-Cx1B_9aZ.js')
  expect([await script.text(), script.headers.get('cache-control')]).toEqual([
    'export {}',
    'public, max-age=31536000, immutable',
  ])
  const document = await get('/')
  expect(await document.text()).toContain('<html data-language="de" data-theme="dark" lang="en">')
  expect(asked).toEqual([])
})

test('files have the security headers of the console', async () => {
  const { get } = await openPages()
  for (const path of ['/', '/assets/index-Cx1B_9aZ.js']) {
    const { headers } = await get(path)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  }
})

test('the core answers for the API, other methods, and what does not exist', async () => {
  const { asked, get } = await openPages()
  await get('/api/state')
  await get('/api')
  await get('/', { method: 'POST' })
  await get('/assets/gone-Cx1B_9aZ.js')
  expect(asked).toEqual(['GET /api/state', 'GET /api', 'POST /', 'GET /assets/gone-Cx1B_9aZ.js'])
})
