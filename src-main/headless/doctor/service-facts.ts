import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import type { ContainerFacts, ServiceFacts, UnitFacts } from './service.ts'

const PATIENCE_MS = 3_000
const PROPERTIES = ['LoadState', 'ActiveState', 'Result', 'UnitFileState', 'Environment'] as const

/** How Latchkey is run here. Whatever cannot be found out counts as not being so. */
export async function readServiceFacts(
  dataDir: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ServiceFacts> {
  if (process.platform !== 'linux') return { unit: null, container: null }
  return { unit: await readUnit(), container: readContainer(dataDir, env) }
}

async function readUnit(): Promise<UnitFacts | null> {
  try {
    const args = ['show', 'latchkey.service', `--property=${PROPERTIES.join(',')}`]
    const { stdout } = await promisify(execFile)('systemctl', args, { timeout: PATIENCE_MS })
    return unitOf(stdout)
  } catch {
    return null
  }
}

/** Reads what `systemctl show` prints: lines of `Name=value`. null when there is no such unit. */
export function unitOf(shown: string): UnitFacts | null {
  const values = new Map(
    shown.split('\n').map((line): [string, string] => {
      const sign = line.indexOf('=')
      return [line.slice(0, sign), line.slice(sign + 1)]
    }),
  )
  const value = (name: (typeof PROPERTIES)[number]) => values.get(name) ?? ''
  if (value('LoadState') !== 'loaded') return null
  return {
    activeState: value('ActiveState'),
    result: value('Result'),
    unitFileState: value('UnitFileState'),
    dataDir: /(?:^| )"?LATCHKEY_DATA_DIR=([^\s"]+)/.exec(value('Environment'))?.[1] ?? null,
  }
}

/** Docker leaves /.dockerenv, Podman /run/.containerenv; systemd's own containers set the variable. */
function readContainer(dataDir: string, env: Readonly<Record<string, string | undefined>>): ContainerFacts | null {
  const isContainer = existsSync('/.dockerenv') || existsSync('/run/.containerenv') || Boolean(env['container'])
  if (!isContainer) return null
  return { dataIsOnVolume: isOnVolume(dataDir, readFileSync('/proc/self/mountinfo', 'utf8')) }
}

/** Whether a directory lies on a mount of its own, by /proc/self/mountinfo (proc_pid_mountinfo(5): field 5). */
export function isOnVolume(directory: string, mountInfo: string): boolean {
  return mountInfo
    .split('\n')
    .map((line) => line.split(' ')[4])
    .some((point) => point !== undefined && point !== '/' && `${directory}/`.startsWith(`${point}/`))
}
