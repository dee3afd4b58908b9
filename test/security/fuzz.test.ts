import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Scope } from '#shared/keys/scopes.ts'
import { runCase } from '../support/fuzz/fuzz-client.ts'
import { type FuzzUpstream, startFuzzUpstream } from '../support/fuzz/fuzz-upstream.ts'
import { faultsOf, faultsUpstream } from '../support/fuzz/judge.ts'
import { Random } from '../support/fuzz/random.ts'
import {
  ALLOWED_MODEL,
  caseId,
  type FuzzCase,
  type KeyKind,
  makeCase,
  type Secrets,
} from '../support/fuzz/request-cases.ts'
import { type Serve, startServe } from '../support/serve.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { WRONG_SECRET } from '../support/wrong-secret.ts'

/** `LATCHKEY_FUZZ_SEED=123 npm test -- test/security/fuzz.test.ts` runs what was printed once more. */
const SEED = Number(process.env['LATCHKEY_FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 32))
const CASES = 5_000
/** By then every cache and list has come to its size. */
const WARM_UP = 1_500
const AT_ONCE = 100
const LIMIT_PER_MINUTE = 30
const MEBIBYTE = 1024 * 1024
const MOST_GROWTH = 6 * MEBIBYTE

let dir: TempDir
let upstream: FuzzUpstream
let serve: Serve
const nodeOptions = process.env['NODE_OPTIONS']
beforeEach(async () => {
  dir = await createTempDir()
  const file = join(dir.path, 'heap.mjs')
  await writeFile(file, TELLS_HEAP)
  process.env['NODE_OPTIONS'] = `--import=${file}`
  upstream = await startFuzzUpstream(SEED)
  serve = await startServe({ args: ['--upstream', upstream.url] })
})
afterEach(async () => {
  process.env['NODE_OPTIONS'] = nodeOptions ?? ''
  await serve.stop()
  upstream.close()
  await dir.remove()
})

/** Returns the memory of the gateway's process after a garbage collection. */
const TELLS_HEAP = `import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')
process.on('SIGUSR2', () => {
  for (let times = 0; times < 4; times++) collect()
  process.stderr.write('heap ' + process.memoryUsage().heapUsed + ';')
})`

it('thousands of damaged requests and answers end nothing, open nothing and leave nothing behind', async () => {
  const secrets = await makeKeys()
  const started = performance.now()
  const cases = Array.from({ length: CASES }, (_, at) => makeCase(new Random(SEED + at * 7_919), caseId(at), secrets))
  const faults = await runAll(cases.slice(0, WARM_UP))
  const before = await heapOnceIdle()
  faults.push(...(await runAll(cases.slice(WARM_UP))))
  const growth = (await heapOnceIdle()) - before
  const minutes = Math.ceil((performance.now() - started) / 60_000) + 1

  const kinds = new Map<string, KeyKind>(cases.map(({ id, kind }) => [id, kind]))
  faults.push(...upstream.faults, ...faultsUpstream(upstream.received, kinds, secrets))
  const limited = upstream.received.filter(({ id }) => kinds.get(id) === 'limited').length
  if (limited > minutes * LIMIT_PER_MINUTE) faults.push(`the limited key got ${limited} requests through`)
  const { failures } = await serve.call('GET /api/state', {})
  if (failures.last !== null) faults.push(`failures inside: ${JSON.stringify(failures)} ${serve.stderr()}`)
  if (growth > MOST_GROWTH) faults.push(`the heap grew by ${growth} bytes`)
  console.log(
    `fuzz: ${CASES} cases, seed ${SEED}, ${upstream.received.length} requests reached the upstream, heap ${growth >= 0 ? '+' : ''}${Math.round(growth / 1024)} KB: ${faults.length} faults`,
  )
  expect(faults).toEqual([])
  expect(serve.process.exitCode).toBeNull()
})

async function makeKeys(): Promise<Secrets> {
  const make = async (key: Parameters<Serve['createKey']>[0]) => (await serve.createKey(key)).secret
  const scopes: Scope[] = ['chat', 'models', 'manage', 'usage']
  const disabled = await serve.createKey({ scopes })
  await serve.run('key', 'disable', disabled.id)
  return {
    good: await make({ scopes, allowInUrl: true }),
    listed: await make({ scopes, models: [ALLOWED_MODEL] }),
    limited: await make({ scopes, requestsPerMinute: LIMIT_PER_MINUTE }),
    disabled: disabled.secret,
    wrong: WRONG_SECRET,
    none: '',
  }
}

/** Many at a time, each begun when one before it has ended. Resolves to what was wrong. */
async function runAll(cases: readonly FuzzCase[]): Promise<string[]> {
  const faults: string[] = []
  const waiting = cases.values()
  const runSome = async () => {
    for (const one of waiting) {
      const outcome = await runCase(serve.port, one)
      for (const fault of faultsOf(one, outcome)) {
        faults.push(
          `${one.id} (${one.kind}): ${fault}\n sent ${shown(one.pieces.join(''))}\n got ${shown(outcome.received)}`,
        )
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, runSome))
  return faults
}

/** Rejects when exchanges stay under way that no client waits for. */
async function heapOnceIdle(): Promise<number> {
  const { secret } = await serve.createKey({ scopes: ['usage'] })
  await until(async () => {
    const answer = await fetch(`${serve.gateway}/metrics`, { headers: { 'x-api-key': secret } })
    // The one that asks is under way.
    return /^latchkey_running 1$/m.test(await answer.text())
  }, 'every exchange to end')
  const said = () => [...serve.stderr().matchAll(/heap (\d+);/g)].map((match) => Number(match[1]))
  const times = said().length
  serve.process.kill('SIGUSR2')
  return until(() => said()[times], 'the heap to be told')
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 600))
}
