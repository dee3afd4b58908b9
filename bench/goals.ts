import { type Results, samplesOf } from './results.ts'
import { pairwise, percentile } from './statistics.ts'

interface Goal {
  readonly name: string
  readonly limit: number
  /** undefined if its input was not measured. */
  value(results: Results): number | undefined
}

const CPU = 'CPU µs'
const PER_CHUNK = 'CPU µs per chunk'

const GOALS: readonly Goal[] = [
  { name: 'CPU per small request, of Caddy’s', limit: 0.75, value: ratio('small', 'Caddy', CPU) },
  { name: 'CPU per small request, of http-proxy-3’s', limit: 0.4, value: ratio('small', 'http-proxy-3', CPU) },
  { name: 'CPU per small request, of nginx’s', limit: 3, value: ratio('small', 'nginx', CPU) },
  { name: 'CPU per small request over TLS, of Caddy’s', limit: 0.75, value: ratio('tls', 'Caddy', CPU) },
  { name: 'CPU per streamed chunk, of Caddy’s', limit: 1, value: ratio('streams', 'Caddy', PER_CHUNK) },
  { name: 'First-byte delay added, of Caddy’s', limit: 1, value: addedDelay },
  { name: 'CPU per refusal, of a full exchange', limit: 0.25, value: refusalShare },
  { name: 'Memory per stream above nginx’s, kB', limit: 20, value: memoryAboveNginx },
  { name: 'Share of metering and records in the CPU', limit: 0.15, value: recordsShare },
  { name: 'Idle resident memory, MB', limit: 90, value: own('memory', 'idle MB') },
  { name: 'Wake-ups a second when idle', limit: 5, value: own('idle', 'wake-ups/s') },
  { name: 'Start to listening, ms', limit: 300, value: own('start', 'start ms') },
  ...['1', '2', '4'].map((count) => ({
    name: `CPU per small request, ${count} on PostgreSQL, of one with SQLite’s`,
    limit: 1.1,
    value: sharedRatio(`${count} on PostgreSQL`, 'Latchkey'),
  })),
  ...['2', '4'].map((count) => ({
    name: `CPU per small request, ${count} on PostgreSQL, of ${count} with SQLite each`,
    limit: 1.1,
    value: sharedRatio(`${count} on PostgreSQL`, `${count} with SQLite each`),
  })),
  { name: 'Key refused everywhere, 4 on PostgreSQL, p99 ms', limit: 1_000, value: sharedRevocation },
  { name: 'Desktop, hidden: wake-ups a second', limit: 10, value: own('desktop-hidden', 'wake-ups/s') },
  { name: 'Desktop, hidden: CPU, ms a minute', limit: 120, value: own('desktop-hidden', 'CPU ms/min') },
  { name: 'Desktop, hidden: memory, MB', limit: 130, value: own('desktop-hidden', 'memory MB') },
  { name: 'Desktop, window destroyed: wake-ups a second', limit: 10, value: own('desktop-gone', 'wake-ups/s') },
  { name: 'Desktop, window destroyed: CPU, ms a minute', limit: 120, value: own('desktop-gone', 'CPU ms/min') },
  { name: 'Desktop, window destroyed: memory, MB', limit: 130, value: own('desktop-gone', 'memory MB') },
  { name: 'Desktop: start to tray, ms', limit: 1_500, value: own('desktop-start', 'tray ms') },
  { name: 'Desktop: start to first paint, ms', limit: 2_500, value: own('desktop-start', 'first paint ms') },
  { name: 'Chunks, p99 added while the window opens, ms', limit: 10, value: addedBy('window') },
  { name: 'Chunks, p99 added while a report is drawn, ms', limit: 10, value: addedBy('report') },
  { name: 'Chunks, p99 added while sites are listed, ms', limit: 10, value: addedBy('sites') },
]

/** One line for each goal that these results can show. */
export function goalLines(results: Results): string[] {
  return GOALS.flatMap(({ name, limit, value }) => {
    const reached = value(results)
    if (reached === undefined || Number.isNaN(reached)) return []
    return [`${reached <= limit ? 'met    ' : 'MISSED '} ${name}: ${reached.toFixed(2)} (at most ${limit})`]
  })
}

function ratio(scenario: string, peer: string, measure: string): Goal['value'] {
  return (results) => {
    const ours = samplesOf(results, scenario, 'Latchkey', measure)
    const theirs = samplesOf(results, scenario, peer, measure)
    return ours && theirs && pairwise(ours, theirs).median
  }
}

function sharedRatio(subject: string, peer: string): Goal['value'] {
  return (results) => {
    const alone = samplesOf(results, 'shared', peer, CPU)
    const shared = samplesOf(results, 'shared', subject, CPU)
    return alone && shared && pairwise(shared, alone).median
  }
}

function sharedRevocation(results: Results): number | undefined {
  return median(samplesOf(results, 'shared-revocation', '4 on PostgreSQL', 'p99 ms'))
}

function own(scenario: string, measure: string): Goal['value'] {
  return (results) => median(samplesOf(results, scenario, 'Latchkey', measure))
}

function addedBy(doing: string): Goal['value'] {
  return own(`desktop-delay-${doing}`, 'added p99 ms')
}

function addedDelay(results: Results): number | undefined {
  const first = (subject: string) => median(samplesOf(results, 'stream', subject, 'first byte µs'))
  const [ours, theirs, alone] = [first('Latchkey'), first('Caddy'), first('upstream alone')]
  if (ours === undefined || theirs === undefined || alone === undefined) return undefined
  return (ours - alone) / (theirs - alone)
}

function refusalShare(results: Results): number | undefined {
  const refusal = samplesOf(results, 'refusal', 'Latchkey', CPU)
  const whole = samplesOf(results, 'small', 'Latchkey', CPU)
  return refusal && whole && pairwise(refusal, whole).median
}

function recordsShare(results: Results): number | undefined {
  const whole = samplesOf(results, 'records', 'Latchkey', CPU)
  const without = samplesOf(results, 'records', 'Latchkey, no records', CPU)
  return whole && without && 1 - 1 / pairwise(whole, without).median
}

function memoryAboveNginx(results: Results): number | undefined {
  const ours = median(samplesOf(results, 'stream-memory', 'Latchkey'))
  const theirs = median(samplesOf(results, 'stream-memory', 'nginx'))
  return ours === undefined || theirs === undefined ? undefined : ours - theirs
}

function median(values: readonly number[] | undefined): number | undefined {
  return values && percentile(values, 50)
}
