import { parentPort, workerData } from 'node:worker_threads'
import type { AppEvent } from '#shared/console-api/events.ts'
import { asksToGoOnline } from '#shared/keys/online.ts'
import { asksAboutOtherApp } from '#shared/keys/other-app.ts'
import { isWaiting } from '#shared/people/person.ts'
import type { App } from '../../app/app.ts'
import { createApp } from '../../app/create-app.ts'
import { OWNER_AT_WINDOW } from '../../console-api/caller.ts'
import { type ControlChannel, openControlChannel } from '../../control/control-channel.ts'
import { FailureLog } from '../../observability/failures.ts'
import { catchTheRest } from '../../observability/last-resort.ts'
import { createLog } from '../../observability/log.ts'
import { type Demo, startDemo } from '../../sample/demo.ts'
import { openLogFile } from '../system/log-file.ts'
import { readMenuFacts } from '../tray/menu-facts.ts'
import type { CoreCalls, CoreStart, ShellCalls, Snapshot } from './calls.ts'
import { plainResponse, requestOf } from './plain-http.ts'
import { type Port, Rpc } from './rpc.ts'
import { createThreadHost, ShellUpdates } from './thread-host.ts'
import { fromWire, toWire } from './wire-error.ts'

// Runs the core in a thread of its own (docs/decisions/0011-core-thread.md). The main thread runs Electron and starts
// this thread.

const start = workerData as CoreStart
const logFile = openLogFile({ path: start.logFile, rotation: { limitBytes: 2_000_000, kept: 2 } })
const log = createLog(logFile, 'info')
const failures = new FailureLog({ log, now: Date.now })
const calls: Partial<CoreCalls> = {}
const shell = new Rpc<ShellCalls>(parentPort as Port, calls)
const noteTheRest = catchTheRest({
  process,
  atStart(error, kind) {
    failures.note(error)
    if (kind === 'uncaughtException') shell.tell('failed', toWire(error))
  },
})
const updates = new ShellUpdates(shell, start.update)

interface Opened {
  readonly app: App
  readonly channel: ControlChannel
  readonly demo: Demo | undefined
}

async function open(): Promise<Opened> {
  const demo = start.demo ? await startDemo() : undefined
  const overrides = demo === undefined ? {} : { upstream: demo.url }
  const app = await createApp(createThreadHost({ start, shell, updates, log, logFile, failures, overrides }))
  const channel = await openControlChannel({ dataDir: start.dataDir, handler: app.commandLine })
  return { app, channel, demo }
}

function callsOf({ app, channel, demo }: Opened): CoreCalls {
  const { core } = app
  return {
    async start() {
      await app.start()
      await app.openConsole(null)
      // The page itself says what goes wrong, when it asks.
      setImmediate(() => void warmUp(app).catch(() => undefined))
    },
    async stop(drainMs) {
      await channel.close()
      await app.stop(drainMs)
      await demo?.close()
    },
    async console(plain) {
      const request = requestOf(plain)
      const response = await app.console(request, OWNER_AT_WINDOW)
      // An unread body would wait for its reader forever, so it is cancelled.
      if (!request.bodyUsed) await request.body?.cancel()
      return plainResponse(response)
    },
    menuFacts: () => readMenuFacts(core),
    async openQuestions() {
      const [origins, keys, people] = [await core.origins.list(), await core.keys.list(), await core.people.list()]
      return {
        origins: origins.filter(({ status }) => status === 'pending'),
        keys: keys.filter((key) => asksToGoOnline(key) || asksAboutOtherApp(key)),
        people: people.filter(isWaiting),
      }
    },
    async decide(origin, status) {
      await core.origins.decide(origin, status)
    },
    async changeKey(id, patch) {
      await core.keys.update(id, patch)
    },
    async answerPairing(choice, isAllowed) {
      if (isAllowed) await core.pairing.approve({ ...choice, preset: 'models' })
      else await core.pairing.decline(choice)
    },
    async answerJoining(personId, isAllowed) {
      const person = (await core.people.list()).find(({ id }) => id === personId)
      if (person === undefined || !isWaiting(person)) return
      if (isAllowed) await core.people.change(personId, { state: 'active' })
      else await core.people.remove(personId, 'keep')
    },
    async changeSettings(patch) {
      await core.settings.change(patch)
    },
    diagnostics: async () => core.diagnostics(),
    noteFailure: async (error) => failures.note(fromWire(error)),
    updateChanged: async (state) => updates.changed(state),
  }
}

/** The requests of the window's first page, and of others with much to show. */
const FIRST_PAGE = [
  'state',
  'me',
  'settings',
  'keys',
  'keys/use',
  'keys/deleted',
  'keys/limit-questions',
  'origins',
  'people',
  'people/quotas',
  'pairing',
  'lan',
  'exchanges',
  'usage?period=day&by=model',
  'usage?period=week&by=origin',
]

/**
 * Answers the requests of the first page once, when nobody waits. Each loads something that takes up to 30 ms the first
 * time, such as Node's fetch and Intl, and would delay the streams that run while the window opens.
 */
async function warmUp(app: App): Promise<void> {
  // Twice, because code that runs once more is compiled while nobody waits.
  for (const path of [...FIRST_PAGE, ...FIRST_PAGE]) {
    const answer = await app.console(new Request(`app://console/api/${path}`), OWNER_AT_WINDOW)
    await answer.arrayBuffer()
  }
}

/**
 * Passes on only the exchanges that change a row of the tray's menu: a busy gateway has thousands of exchanges a
 * second.
 */
function concernsDesktop(event: AppEvent): boolean {
  return event.type !== 'exchange' || event.exchange.reason === 'origin_not_approved'
}

try {
  const opened = await open()
  const { app } = opened
  const now = (): Snapshot => ({ state: app.state(), settings: app.core.settings.read() })
  app.subscribe((event) => concernsDesktop(event) && shell.tell('tell', event, now()))
  Object.assign(calls, callsOf(opened))
  noteTheRest(failures)
  shell.tell('opened', now())
} catch (error) {
  shell.tell('failed', toWire(error))
}
