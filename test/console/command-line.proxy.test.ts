import { afterEach, expect, test } from 'vitest'
import { runLatchkey, type Serve, startServe } from '../support/serve.ts'

let serve: Serve | undefined
afterEach(async () => {
  await serve?.stop()
  serve = undefined
})

test.each(['', 'proxy.example', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0.0/', '300.1.1.1', '127.0.0.1,x'])(
  '“%s” is no proxy',
  async (text) => {
    const { code, stderr } = await runLatchkey(['serve', '--no-open', '--behind-proxy', text])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^error: .*--behind-proxy/)
  },
)

test('behind a proxy the link names the outside, as soon as the setting does', async () => {
  serve = await startServe({ args: ['--demo', '--behind-proxy', '127.0.0.1, 10.0.0.0/8,fd00::/8'] })
  expect(new URL(serve.console).origin).toMatch(/^http:\/\/127\.0\.0\.1:/)
  expect(serve.stderr()).toContain('consoleUrl')
  expect((await serve.run('settings', 'set', 'consoleUrl', 'https://latchkey.example')).code).toBe(0)
  const { stdout } = await serve.run('console', '--json')
  expect((JSON.parse(stdout) as { url: string }).url).toMatch(/^https:\/\/latchkey\.example\/#token=[\w-]{43}$/)
})
