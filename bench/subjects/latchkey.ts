import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { untilListening } from '../child.ts'
import type { Subject } from './subject.ts'

const PROGRAM = fileURLToPath(new URL('../../dist/main/latchkey.js', import.meta.url))

/** The built program with all features on, as people run it. */
export const latchkey: Subject = {
  name: 'Latchkey',
  absent: () => (existsSync(PROGRAM) ? undefined : 'dist/ is not built (npm run build)'),
  async start({ upstreamPort, dir, tls }) {
    const upstream = `http://127.0.0.1:${upstreamPort}`
    const args = [
      'serve',
      '--json',
      '--no-open',
      '--port',
      '0',
      '--console-port',
      '0',
      '--data-dir',
      dir,
      '--upstream',
      upstream,
      ...(tls === undefined ? [] : ['--host', tls.address]),
    ]
    // Made before the start: after a boot the keys exist already, and an idle process has had no requests.
    const secret = createKey(dir)
    const startedAt = performance.now()
    const child = spawn(process.execPath, [...profiling(dir), PROGRAM, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const lines = createInterface({ input: child.stdout })
    const [line] = (await once(lines, 'line')) as [string]
    const startMs = performance.now() - startedAt
    const { gateway } = JSON.parse(line) as { gateway: string }
    const port = Number(new URL(gateway).port)
    if (tls !== undefined) await untilListening(port, 'Latchkey', tls.address)
    return { port, tlsAddress: tls?.address, secret, child, startMs }
  },
}

/** Makes a key in a data directory that nothing has open; resolves to its secret. */
export function createKey(dir: string): string {
  const args = ['key', 'create', '--name', 'Bench', '--scopes', 'chat,models,manage', '--json', '--data-dir', dir]
  const { secret } = JSON.parse(execFileSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8' })) as {
    secret: string
  }
  return secret
}

/** `LATCHKEY_BENCH_PROFILE=DIR` writes a CPU profile of each start to DIR. */
function profiling(dir: string): string[] {
  const target = process.env['LATCHKEY_BENCH_PROFILE']
  return target === undefined
    ? []
    : ['--cpu-prof', '--cpu-prof-dir', target, '--cpu-prof-name', `${dir.split('/').at(-1)}.cpuprofile`]
}
