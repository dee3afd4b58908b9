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
      startOnPort(options.name, (port) => {
        const args = options.configure({ ...start, port })
        const env = { ...process.env, HOME: start.dir, XDG_CONFIG_HOME: start.dir, XDG_DATA_HOME: start.dir }
        return spawn(options.path, args, { stdio: ['ignore', 'ignore', 'ignore'], env })
      }),
  }
}

/** One of the bench's own scripts, with its port, the upstream's port, and the required secret as arguments. */
export function ownScript(name: string, script: string, ...more: string[]): Subject {
  return {
    name,
    absent: () => undefined,
    async start({ upstreamPort, dir }) {
      const address = await asJavaScript(script)
      return startOnPort(name, (port) =>
        startScript(address, [String(port), String(upstreamPort), FIXED_SECRET, dir, ...more]),
      )
    },
  }
}

async function startOnPort(name: string, start: (port: number) => ChildProcess): Promise<Running> {
  const port = await freePort()
  const startedAt = performance.now()
  const child = start(port)
  await untilListening(port, name)
  return { port, secret: FIXED_SECRET, child, startMs: performance.now() - startedAt }
}
