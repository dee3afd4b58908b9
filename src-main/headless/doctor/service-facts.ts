import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import type { ContainerFacts, ServiceFacts, UnitFacts } from './service.ts'

const TIMEOUT_MS = 3_000
const PROPERTIES = ['LoadState', 'ActiveState', 'Result', 'UnitFileState', 'Environment'] as const

/** Finds out whether Latchkey runs as a service or in a container. Unknown counts as no. */
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
    const { stdout } = await promisify(execFile)('systemctl', args, { timeout: TIMEOUT_MS })
    return unitOf(stdout)
  } catch {
    return null
  }
}

/** Parses the output of `systemctl show`, lines of `Name=value`. null if the unit does not exist. */
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

/** Docker creates /.dockerenv, Podman /run/.containerenv; systemd's own containers set the variable. */
function readContainer(dataDir: string, env: Readonly<Record<string, string | undefined>>): ContainerFacts | null {
  const isContainer = existsSync('/.dockerenv') || existsSync('/run/.containerenv') || Boolean(env['container'])
  if (!isContainer) return null
  return { dataIsOnVolume: isOnVolume(dataDir, readFileSync('/proc/self/mountinfo', 'utf8')) }
}

/** True if a directory is on its own mount, according to /proc/self/mountinfo (proc_pid_mountinfo(5): field 5). */
export function isOnVolume(directory: string, mountInfo: string): boolean {
  return mountInfo
    .split('\n')
    .map((line) => line.split(' ')[4])
    .some((point) => point !== undefined && point !== '/' && `${directory}/`.startsWith(`${point}/`))
}
