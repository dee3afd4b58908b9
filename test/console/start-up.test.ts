import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { ensureBuilt } from '../../build/scripts/building/built.ts'
import { startServe } from '../support/serve.ts'
import { createTempDir } from '../support/temp-dir.ts'

const BUILT = fileURLToPath(new URL('../../dist/main/latchkey.js', import.meta.url))

/** Writes which of Node's own modules are loaded when the process ends. */
const REPORTER = (file: string) => `
  import { writeFileSync } from 'node:fs'
  process.on('exit', () => writeFileSync(${JSON.stringify(file)}, JSON.stringify(process.moduleLoadList)))
  export * from ${JSON.stringify(BUILT)}
`

test('Node’s own fetch, which is a fifth of a start, is not loaded to listen', async () => {
  await ensureBuilt()
  const dir = await createTempDir()
  onTestFinished(dir.remove)
  const list = join(dir.path, 'loaded.json')
  const main = join(dir.path, 'main.mjs')
  await writeFile(main, REPORTER(list))
  const serve = await startServe({ main, dataDir: dir.path, args: ['--upstream', 'http://127.0.0.1:9'] })
  const ended = once(serve.process, 'exit')
  serve.process.kill('SIGTERM')
  await ended
  const loaded = JSON.parse(readFileSync(list, 'utf8')) as string[]
  expect(loaded).toContain('NativeModule http')
  expect(loaded.filter((name) => name.includes('undici/undici'))).toEqual([])
})
