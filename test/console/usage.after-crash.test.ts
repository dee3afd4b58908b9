import { once } from 'node:events'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { latest, open } from '../store/fixtures.ts'
import { startServe } from '../support/serve.ts'
import { createTempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { runHere } from './run-here.ts'

test('kill -9 takes no usage that is older than a second', async () => {
  const dir = await createTempDir()
  const serve = await startServe({ dataDir: dir.path })
  try {
    const { stdout } = await runHere(dir.path, 'key', 'create', '--name', 'Crash', '--json')
    const { secret } = JSON.parse(stdout) as { secret: string }
    const chat = await fetch(`${serve.gateway}/api/tags`, { headers: { Authorization: `Bearer ${secret}` } })
    await chat.text()
    const beside = new Database(join(dir.path, 'latchkey.db'), { readonly: true })
    const count = beside.prepare('SELECT COUNT(*) FROM exchanges').pluck()
    await until(() => count.get() === 1, 'the exchange on the disk')
    beside.close()
    const gone = once(serve.process, 'exit')
    serve.process.kill('SIGKILL')
    await gone
    const store = await open(dir.path)
    expect(await latest(store, 10)).toMatchObject([{ route: '/api/tags', outcome: 'ok' }])
    expect(store.notices).toEqual([])
    await store.close()
  } finally {
    await serve.stop()
    await dir.remove()
  }
})
