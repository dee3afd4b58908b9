import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { HandoverAppId } from '#shared/handover/apps.ts'
import { createTempDir } from '../support/temp-dir.ts'
import { type StartedApp, startApp } from './started-app.ts'

const GOLDEN = new URL('handover-golden/', import.meta.url)

/** The kinds of golden files: the person's file, its new content, and the content of a created file. */
export type GoldenKind = 'before' | 'after' | 'created'

/** A golden file with the address and the key of this run. undefined if there is none. */
export async function golden(
  app: HandoverAppId,
  path: string,
  kind: GoldenKind,
  { address, secret }: { address: string; secret: string },
): Promise<string | undefined> {
  const text = await readFile(new URL(`${app}/${basename(path)}.${kind}`, GOLDEN), 'utf8').catch(() => undefined)
  return text?.replaceAll('http://localhost:11500', address).replaceAll('sk-lk-KEY', secret)
}

export interface StartedHome {
  readonly started: StartedApp
  readonly home: string
  /** The files that connect an app. */
  pathsOf(app: HandoverAppId): Promise<string[]>
  /** Writes a file, with its folders. */
  write(path: string, content: string | Buffer): Promise<void>
  /** Every file below the home folder with its bytes, as latin1. */
  everything(): Promise<Record<string, string>>
  stop(): Promise<void>
}

/** The whole core for a person with an empty home folder. */
export async function startHome(env: Record<string, string> = {}): Promise<StartedHome> {
  const dir = await createTempDir()
  const home = dir.path
  const started = await startApp({ env: { HOME: home, ...env } })
  return {
    started,
    home,
    async pathsOf(app) {
      const states = await started.call('GET /api/handover', {})
      return states.find((one) => one.app === app)?.files.map(({ path }) => path) ?? []
    },
    async write(path, content) {
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, content)
    },
    async everything() {
      const entries = await readdir(home, { recursive: true, withFileTypes: true })
      const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
      const texts = files.map(async (path) => [path, await readFile(path, 'latin1')] as const)
      return Object.fromEntries(await Promise.all(texts))
    },
    async stop() {
      await started.stop()
      await dir.remove()
    },
  }
}

/** Looks at what would change, as the console does, and then does it. */
export async function connect(started: StartedApp, app: HandoverAppId, models?: string[]) {
  const plan = await started.call('POST /api/handover/plan', { app, models })
  return started.call('POST /api/handover/apply', { app, models, seen: plan.seen })
}
