import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { freePort, startScript, untilListening } from '../child.ts'
import { asJavaScript } from './as-javascript.ts'
import { FIXED_SECRET, type Running, type StartOptions, type Subject } from './subject.ts'

/** A program of the system, with a configuration generated for the run. */
export function installedProgram(options: {
  name: string
  path: string
  package: string
  /** Writes the configuration and returns the arguments. */
  configure(start: StartOptions & { port: number }): readonly string[]
}): Subject {
  return {
    name: options.name,
    absent: () =>
      existsSync(options.path) ? undefined : `${options.path} is not here (apt-get install ${options.package})`,
    start: (start) =>
      startOnPort(options.name, start.tls?.address, (port) => {
        const args = options.configure({ ...start, port })
        const env = { ...process.env, HOME: start.dir, XDG_CONFIG_HOME: start.dir, XDG_DATA_HOME: start.dir }
        return spawn(options.path, args, { stdio: ['ignore', 'ignore', 'ignore'], env })
      }),
  }
}

/** One of the bench's own scripts, with its arguments as in arguments.ts. */
export function ownScript(name: string, script: string): Subject {
  return {
    name,
    absent: () => undefined,
    async start({ upstreamPort, dir, tls }) {
      const address = await asJavaScript(script)
      const place = tls === undefined ? [] : [tls.address, tls.certFile, tls.keyFile]
      return startOnPort(name, tls?.address, (port) =>
        startScript(address, [String(port), String(upstreamPort), FIXED_SECRET, dir, ...place]),
      )
    },
  }
}

async function startOnPort(
  name: string,
  tlsAddress: string | undefined,
  start: (port: number) => ChildProcess,
): Promise<Running> {
  const port = await freePort()
  const startedAt = performance.now()
  const child = start(port)
  await untilListening(port, name, tlsAddress)
  return { port, tlsAddress, secret: FIXED_SECRET, child, startMs: performance.now() - startedAt }
}
