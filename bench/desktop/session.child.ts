import { type DesktopServices, startDesktopServices } from '../../test/real-desktop/desktop-services.ts'
import { nextMessage, startScript, stopChild } from '../child.ts'
import type { Measures } from '../scenarios/scenario.ts'
import { latchkey } from '../subjects/latchkey.ts'
import { type Doing, delaysOf, doings } from './doings.ts'
import { APPS, type AppName } from './measured-app.ts'
import type { DesktopAnswer, DesktopJob, DesktopMessage } from './messages.ts'
import { emptyData, type RestOptions, restHidden, restShown, timesOfStart } from './rest.ts'

// Runs as the normal user whose desktop it is, in a session of its own, and tells its parent what it has measured.

const NAMES = Object.keys(APPS) as AppName[]
const BESIDE = 'floor: gateway in a process of its own'

process.once('message', (job: DesktopJob) => void run(job))

async function run({ rounds, parts, settleMs, watchMs, exchanges }: DesktopJob): Promise<void> {
  const services = await startDesktopServices()
  const upstream = startScript('upstream.ts')
  const { port: upstreamPort } = await nextMessage<{ port: number }>(upstream)
  const url = `http://127.0.0.1:${upstreamPort}`
  const rest: RestOptions = { services, upstream: url, memoryOf, settleMs, watchMs }
  if (parts.includes('start')) await measureStarts(rounds * 3, rest)
  if (parts.includes('hidden')) await measureRest(rounds, restHidden, rest)
  if (parts.includes('shown')) await measureRest(rounds, restShown, rest)
  await measureDelays(
    doings(exchanges).filter(({ name }) => parts.includes(name)),
    { services, upstreamPort, rounds },
  )
  await stopChild(upstream)
  services.close()
  process.disconnect()
}

async function measureStarts(rounds: number, options: RestOptions): Promise<void> {
  const title = 'Desktop: from starting the process to the icon in the tray, and to the first page that is painted'
  for (let round = 0; round < rounds; round++)
    for (const subject of NAMES)
      tell({ scenario: 'desktop-start', title, subject, measures: await timesOfStart(subject, options) })
}

const RESTS: Readonly<Record<string, string>> = {
  'desktop-hidden': 'Desktop, started at login: no window yet',
  'desktop-open': 'Desktop, window open, nobody at it',
  'desktop-closed': 'Desktop, window closed (hidden)',
  'desktop-gone': 'Desktop, window closed five minutes ago (destroyed)',
}

async function measureRest(rounds: number, restOf: typeof restHidden, options: RestOptions): Promise<void> {
  for (let round = 0; round < rounds; round++)
    for (const subject of NAMES)
      for (const [scenario, measures] of Object.entries(await restOf(subject, options)))
        tell({ scenario, title: RESTS[scenario] ?? scenario, subject, measures })
}

interface DelayOptions {
  readonly services: DesktopServices
  readonly upstreamPort: number
  readonly rounds: number
}

async function measureDelays(
  wanted: readonly Doing[],
  { services, upstreamPort, rounds }: DelayOptions,
): Promise<void> {
  if (wanted.length === 0) return
  const load = startScript('load.ts')
  const beside = await latchkey.start({ upstreamPort, dir: emptyData(`http://127.0.0.1:${upstreamPort}`) })
  const place = { ...beside, pid: Number(beside.child.pid) }
  for (const doing of wanted) {
    const dataDir = await doing.makeData()
    const streams = { services, load, upstreamPort }
    const told = { scenario: `desktop-delay-${doing.name}`, title: doing.title }
    for (let round = 0; round < rounds; round++) {
      tell({ ...told, subject: 'Latchkey', measures: await delaysOf(doing, dataDir, streams) })
      tell({ ...told, subject: BESIDE, measures: await delaysOf(doing, dataDir, streams, place) })
    }
  }
  await stopChild(beside.child)
  await stopChild(load)
}

function memoryOf(pids: readonly number[]): Promise<DesktopAnswer> {
  const answer = new Promise<DesktopAnswer>((resolve) => process.once('message', resolve))
  process.send?.({ memoryOf: pids } satisfies DesktopMessage)
  return answer
}

function tell(measured: { scenario: string; title: string; subject: string; measures: Measures }): void {
  process.send?.({ measured } satisfies DesktopMessage)
}
