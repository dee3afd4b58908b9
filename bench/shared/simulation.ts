import { randomFrom } from '../../test/shared/run/random.ts'

/**
 * Measured with `npm run bench -- shared` on two busy virtual cores, all on one computer: rather too high. How long the counter is
 * held, and what a batch costs beside its requests, are estimated from it.
 */
const COSTS = {
  /** From taking the counter until the commit is on the disk: no other change can be written meanwhile. */
  changeMs: 8,
  /** PostgreSQL's processor time for a change, and for each gateway that reads it. */
  changeCpuMs: 0.8,
  readCpuMs: 1.9,
  /** Each gateway says every two seconds that it lives, and looks for changes. */
  beatCpuMs: 2.6,
  /** PostgreSQL's processor time for a batch of usage, and for each request in it. */
  batchCpuMs: 2.5,
  requestCpuMs: 0.016,
  walKbPerBatch: 2,
  walKbPerRequest: 0.29,
  walKbPerChange: 2,
} as const

/** Assumed: the way between a gateway and its database, and the cores of the database. */
const ROUND_TRIP_MS = 0.5
const ROUND_TRIPS_OF_A_READING = 6
const CORES = 8
const BATCHES_A_SECOND = 2
const BEATS_A_SECOND = 0.5
const TOUCHES_A_SECOND = 1 / 3
const CONNECTIONS = 9
const SIMULATED_CHANGES = 20_000
const SEED = 24

export interface Load {
  readonly gateways: number
  /** Requests a second at each gateway. */
  readonly perGateway: number
  /** Of all gateways. */
  readonly changesPerMinute: number
}

export interface Simulated {
  readonly connections: number
  /** Transactions that write, a second. */
  readonly commits: number
  readonly walMb: number
  /** Of the database's cores, so many are busy. */
  readonly cores: number
  /** How long each change waited for the counter, in ms. */
  readonly waits: readonly number[]
  /** From the commit of a change until the last gateway has read it, in ms. */
  readonly revocations: readonly number[]
}

export function simulate(load: Load): Simulated {
  const { gateways, perGateway, changesPerMinute } = load
  const changes = changesPerMinute / 60
  const batches = gateways * Math.min(BATCHES_A_SECOND, perGateway)
  const requests = gateways * perGateway
  const cpuMs =
    changes * (COSTS.changeCpuMs + gateways * COSTS.readCpuMs) +
    gateways * BEATS_A_SECOND * COSTS.beatCpuMs +
    batches * COSTS.batchCpuMs +
    requests * COSTS.requestCpuMs
  const walKb = batches * COSTS.walKbPerBatch + requests * COSTS.walKbPerRequest + changes * COSTS.walKbPerChange
  const cores = cpuMs / 1_000
  return {
    connections: gateways * CONNECTIONS,
    commits: changes + batches + gateways * (BEATS_A_SECOND + TOUCHES_A_SECOND),
    walMb: walKb / 1_000,
    cores,
    ...runChanges(load, cores),
  }
}

/** Changes come by chance. Each waits for the counter, and then all gateways read it at once on the cores that are free. */
function runChanges({ gateways, changesPerMinute }: Load, busyCores: number): Pick<Simulated, 'waits' | 'revocations'> {
  const random = randomFrom(SEED)
  const [waits, revocations]: [number[], number[]] = [[], []]
  const free = Math.max(0.1, CORES - busyCores)
  const readMs = COSTS.readCpuMs + ROUND_TRIP_MS * ROUND_TRIPS_OF_A_READING
  let [now, counterFree, readersFree] = [0, 0, 0]
  for (let change = 0; change < SIMULATED_CHANGES; change++) {
    now += (-Math.log(1 - random.between(0, 1)) * 60_000) / changesPerMinute
    const begun = Math.max(now, counterFree)
    waits.push(begun - now)
    counterFree = begun + COSTS.changeMs
    // The readings of an earlier change may not be over yet.
    const readingBegins = Math.max(counterFree, readersFree)
    readersFree = readingBegins + (gateways * COSTS.readCpuMs) / free
    revocations.push(readersFree - counterFree + readMs)
  }
  return { waits, revocations }
}
