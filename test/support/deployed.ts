import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { get } from 'node:http'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { type Serve, startServe } from './serve.ts'

export const PACKAGING = fileURLToPath(new URL('../../build/packaging/', import.meta.url))

export function readPackaged(file: string): string {
  return readFileSync(`${PACKAGING}${file}`, 'utf8')
}

/** Runs a program, and resolves to all that it printed if it failed; undefined if all is well. */
export function complaintOf(program: string, args: readonly string[], cwd = PACKAGING): string | undefined {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' })
  return status === 0 ? undefined : `${stdout}${stderr}`
}

/** Starts a gateway with the command of a container, `serve` first, but on ports of its own and on a database for the test. */
export async function serveAsDeployed(command: readonly string[], database: string): Promise<Serve> {
  const [name, ...flags] = command
  if (name !== 'serve') throw new Error(`the container runs ${name}, not serve`)
  const serve = await startServe({ args: flags, env: { LATCHKEY_DATABASE_URL: database } })
  onTestFinished(async () => {
    serve.process.kill('SIGKILL')
    await serve.stop()
  })
  return serve
}

/** The status of a request that comes for a name. */
export function statusFor(serve: Serve, host: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get({ hostname: '127.0.0.1', port: serve.port, path, headers: { host } }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    }).on('error', reject)
  })
}
