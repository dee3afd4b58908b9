import { spawn, spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

/** The path of a program: what the variable says, else where `PATH` finds it. Undefined when it is not installed. */
export function findProgram(name: string, variable: string): string | undefined {
  const chosen = process.env[variable]
  if (chosen) return chosen
  const places = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name))
  return places.find((path) => isExecutable(path))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Whether the program says that its version is below this one, such as 0.171. False when it says none. */
export function isOlderThan(path: string, oldest: string): boolean {
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 20_000 })
  const version = /\d+\.\d+(?:\.\d+)?/.exec(stdout ?? '')?.[0]
  return version !== undefined && version.localeCompare(oldest, 'en', { numeric: true }) < 0
}

/** The blocks of code below a heading of docs/clients.md, with what a person puts in: address, key and model. */
export async function configurationOf(
  heading: string,
  { url, apiKey, model }: { url: string; apiKey: string; model: string },
): Promise<string[]> {
  const document = await readFile(new URL('../../docs/clients.md', import.meta.url), 'utf8')
  const section = document.split(`\n## ${heading}\n`)[1]?.split('\n## ', 1)[0] ?? ''
  return [...section.matchAll(/^```\w+\n(.*?)^```$/gms)].map(([, block = '']) =>
    block.replaceAll('http://localhost:11500', url).replaceAll('sk-lk-...', apiKey).replaceAll('llama3.2', model),
  )
}

interface Run {
  /** Lines of a shell. */
  readonly script: string
  readonly folder: string
  /** Beside PATH; nothing else of the test's own environment. */
  readonly environment: Record<string, string>
}

/**
 * Runs a program until it has written these words, however it breaks its lines, and then ends it. Returns when it wrote
 * them, in milliseconds since 1970. Rejects with what it wrote when it ends without.
 */
export function whenShown(words: string, { script, folder, environment }: Run): Promise<number> {
  const child = spawn('sh', ['-c', script], {
    cwd: folder,
    env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', HOME: folder, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that the programs that it starts end with it.
    detached: true,
  })
  let text = ''
  let shownAt: number | undefined
  const take = (piece: string) => {
    text += piece
    if (shownAt !== undefined || !withoutBlanks(text).includes(withoutBlanks(words))) return
    shownAt = Date.now()
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  }
  child.stdout.setEncoding('utf8').on('data', take)
  child.stderr.setEncoding('utf8').on('data', take)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => (shownAt === undefined ? reject(new Error(`it showed only: ${text}`)) : resolve(shownAt)))
  })
}

function withoutBlanks(text: string): string {
  return text.replace(/\s+/g, '')
}
