import { startDesktopServices } from '../../test/real-desktop/desktop-services.ts'
import { nextMessage, startScript, stopChild } from '../child.ts'
import type { Measures } from '../scenarios/scenario.ts'
import { latchkey } from '../subjects/latchkey.ts'
import { delaysOf, doings } from './doings.ts'
import { APPS, type AppName } from './measured-app.ts'
import type { DesktopAnswer, DesktopJob, DesktopMessage } from './messages.ts'
import { emptyData, type RestOptions, restOf, timesOfStart } from './rest.ts'

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
  if (parts.includes('rest')) await measureRest(rounds, rest)
  if (parts.includes('delays')) {
    const load = startScript('load.ts')
    const beside = await latchkey.start({ upstreamPort, dir: emptyData(url) })
    for (const doing of doings(exchanges)) {
      const dataDir = await doing.makeData()
      for (let round = 0; round < rounds; round++) {
        const options = { services, load, upstreamPort }
        tell({
          scenario: doing.name,
          title: doing.title,
          subject: 'Latchkey',
          measures: await delaysOf(doing, dataDir, options),
        })
        const measures = await delaysOf(doing, dataDir, options, beside)
        tell({ scenario: doing.name, title: doing.title, subject: BESIDE, measures })
      }
    }
    await stopChild(beside.child)
    await stopChild(load)
  }
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

async function measureRest(rounds: number, options: RestOptions): Promise<void> {
  for (let round = 0; round < rounds; round++)
    for (const subject of NAMES)
      for (const [scenario, measures] of Object.entries(await restOf(subject, options)))
        tell({ scenario, title: RESTS[scenario] ?? scenario, subject, measures })
}

function memoryOf(pids: readonly number[]): Promise<DesktopAnswer> {
  const answer = new Promise<DesktopAnswer>((resolve) => process.once('message', resolve))
  process.send?.({ memoryOf: pids } satisfies DesktopMessage)
  return answer
}

function tell(measured: { scenario: string; title: string; subject: string; measures: Measures }): void {
  process.send?.({ measured } satisfies DesktopMessage)
}
