import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createTempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'

const PROGRAM = '/usr/bin/weston'
const SOCKET = 'wayland-latchkey'

/** Why there can be no Wayland compositor here, or undefined. */
export function reasonToSkipWayland(): string | undefined {
  return existsSync(PROGRAM) ? undefined : 'the Wayland compositor weston is not installed (Debian’s package weston)'
}

/** A headless Wayland compositor without a keyboard and a pointer. */
export interface Weston {
  /** The environment that makes the app its client. */
  readonly env: Readonly<Record<string, string>>
  /** The screen as it is now: a PNG. */
  picture(): Promise<Buffer>
  stop(): Promise<void>
}

export async function startWeston(): Promise<Weston> {
  const runtime = await createTempDir()
  const args = ['--backend=headless-backend.so', '--use-pixman', '--no-config', '--idle-time=0', '--debug']
  const own = { ...process.env, XDG_RUNTIME_DIR: runtime.path }
  const weston = spawn(PROGRAM, [...args, `--socket=${SOCKET}`], { env: own, stdio: 'ignore' })
  const ended = once(weston, 'exit')
  await Promise.race([
    until(() => existsSync(join(runtime.path, SOCKET)), 'the compositor'),
    ended.then(() => Promise.reject(new Error('weston did not start'))),
  ])
  const env = { XDG_RUNTIME_DIR: runtime.path, WAYLAND_DISPLAY: SOCKET }
  return {
    env,
    picture: () => takePicture(runtime.path, { ...process.env, ...env }),
    async stop() {
      weston.kill()
      await ended
      await runtime.remove()
    },
  }
}

/** The tool writes into the folder it is started in, under a name of its own. */
async function takePicture(folder: string, env: NodeJS.ProcessEnv): Promise<Buffer> {
  await promisify(execFile)('weston-screenshooter', { cwd: folder, env })
  const name = (await readdir(folder)).find((one) => one.endsWith('.png'))
  if (name === undefined) throw new Error('weston took no picture')
  const picture = readFileSync(join(folder, name))
  await rm(join(folder, name))
  return picture
}
