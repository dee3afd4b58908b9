import cluster from 'node:cluster'
import { PersonError } from '#shared/text/person-error.ts'
import { createLog } from '../../observability/log.ts'
import { SummedMetrics } from '../../observability/summed-metrics.ts'
import { startDemo } from '../../sample/demo.ts'
import { prepareDataDir } from '../../settings/data-dir.ts'
import { type InstanceLock, lockDataDir } from '../../store/sqlite/instance-lock.ts'
import type { Served } from '../commands/announcement.ts'
import type { CommandContext } from '../commands/command-context.ts'
import { DATABASE_VARIABLES } from '../headless-host.ts'
import { alreadyRunning, type ServeOptions } from '../serving.ts'
import { WORKER_COMMAND } from './worker-command.ts'
import { WorkerSet } from './worker-set.ts'

export interface TogetherOptions {
  readonly count: number
  readonly options: ServeOptions
  readonly json: boolean
}

/** What closing takes besides the two times of a drain. */
const CLOSING_MS = 10_000

/**
 * Runs several processes on one port, and holds the lock of the data directory for them. Connections are dealt out in turn
 * (`SCHED_RR`): with 4 workers and 8 connections that stay open, letting the system choose gave all 8 to one worker, and with
 * SO_REUSEPORT a worker that hangs gets its quarter of all new connections nevertheless.
 */
export async function serveWithWorkers(together: TogetherOptions, context: CommandContext): Promise<Served> {
  const { count, options, json } = together
  if (context.env[DATABASE_VARIABLES.url] === undefined) throw needsDatabase()
  const dataDir = prepareDataDir(options.dataDir)
  const started = new AsyncDisposableStack()
  try {
    const lock = lockFor(dataDir)
    started.defer(() => lock.release())
    const overrides = options.demo ? { ...options.overrides, upstream: await openDemo(started) } : options.overrides
    cluster.setupPrimary({ exec: process.argv[1] ?? '', args: [WORKER_COMMAND] })
    cluster.schedulingPolicy = cluster.SCHED_RR
    const workers = new WorkerSet({
      count,
      order: {
        options: { ...options, dataDir, demo: false, overrides },
        env: databaseVariables(context.env),
        prints: { json, demo: options.demo },
      },
      metrics: new SummedMetrics(),
      log: createLog({ write: (line) => context.warn(line.trimEnd()) }, 'warn'),
    })
    const { consoleLink, ...announcement } = await workers.start()
    return {
      announcement,
      consoleLink: () => consoleLink ?? '',
      lost: workers.lost,
      stop: async () => {
        await workers.stop(options.drainDelayMs + options.drainTimeoutMs + CLOSING_MS)
        await started.disposeAsync()
      },
    }
  } catch (error) {
    await started.disposeAsync()
    throw error
  }
}

function lockFor(dataDir: string): InstanceLock {
  try {
    return lockDataDir(dataDir)
  } catch (error) {
    throw error instanceof PersonError && error.code === 'already_running' ? alreadyRunning(error) : error
  }
}

async function openDemo(started: AsyncDisposableStack): Promise<string> {
  const demo = await startDemo()
  started.defer(() => demo.close())
  return demo.url
}

/** Flags of the command line are only in the environment of this command. A worker gets the address by its channel, where nobody sees it. */
function databaseVariables(env: CommandContext['env']): Record<string, string> {
  const names = Object.values(DATABASE_VARIABLES)
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])))
}

function needsDatabase(): PersonError {
  const sentence =
    'Several processes need a shared database, because only one process can use the file in the data directory. Add --database, or leave --workers out.'
  return new PersonError('workers_need_database', sentence)
}
