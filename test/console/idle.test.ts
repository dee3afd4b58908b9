import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, type TestContext, test } from 'vitest'
import { SESSION_HEADER } from '#shared/console-api/console-session.ts'
import { wakeUps } from '../../bench/process-cost.ts'
import { signInAt } from '../support/console-session.ts'
import { type Serve, startServe } from '../support/serve.ts'

const MOST_PER_SECOND = 5
const WINDOW_MS = 4_000
// The first daily backup, ten seconds after the start, and the collection of what the start left behind.
const SETTLED_WITHIN_MS = 60_000

/** Wake-ups a second of all threads of the `serve`: they depend on what it does, not on how busy the machine is. */
async function measure(serve: Serve): Promise<number> {
  const [pid, startedAt] = [serve.process.pid ?? 0, performance.now()]
  const before = wakeUps(pid)
  await delay(WINDOW_MS)
  return ((wakeUps(pid) - before) / (performance.now() - startedAt)) * 1000
}

/** Rejects unless the process goes to sleep within a minute and stays asleep. */
async function expectToSleep(serve: Serve): Promise<void> {
  const deadline = performance.now() + SETTLED_WITHIN_MS
  const rates: number[] = []
  while (rates.length < 2 || rates.slice(-2).some((rate) => rate >= MOST_PER_SECOND)) {
    if (performance.now() > deadline) throw new Error(`Wake-ups a second, window by window: ${rates.join(', ')}`)
    rates.push(await measure(serve))
  }
}

/**
 * With the addresses of this computer's networks, each of which has a listener of its own. The hook is the test's own: Vitest's
 * common one takes the test that runs just now for the one that asks, which would stop the other test's process.
 */
async function started({ onTestFinished }: Pick<TestContext, 'onTestFinished'>): Promise<Serve> {
  const serve = await startServe({ args: ['--demo', '--host', '0.0.0.0'] })
  onTestFinished(async () => void (await serve.stop()))
  return serve
}

describe.skipIf(process.platform !== 'linux').concurrent('counted in /proc', () => {
  test('a serve that nobody asks anything sleeps', async (context) => {
    await expectToSleep(await started(context))
  })

  test('a serve sleeps again after requests and a look at its figures, while a console is open', async (context) => {
    const serve = await started(context)
    const { secret } = await serve.createKey({ scopes: ['chat', 'models', 'usage'] })
    const { cookie, secret: pageSecret } = await signInAt(serve.console)
    const session = { cookie, [SESSION_HEADER]: pageSecret }
    const events = await fetch(`${new URL(serve.console).origin}/api/events`, { headers: session })
    expect(events.status).toBe(200)
    const reading = events.body?.getReader()
    await reading?.read()
    for (const path of ['/api/tags', '/metrics', '/latchkey/usage', '/metrics']) {
      const answer = await fetch(`${serve.gateway}${path}`, { headers: { 'x-api-key': secret } })
      expect([path, answer.status]).toEqual([path, 200])
      await answer.text()
    }
    await expectToSleep(serve)
    await reading?.cancel()
  })
})
