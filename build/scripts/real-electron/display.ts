import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdirSync } from 'node:fs'
import type { Readable } from 'node:stream'

const SOCKETS = '/tmp/.X11-unix'

/** A virtual display: the value for `DISPLAY`, and the call that ends it. */
export interface Display {
  readonly name: string
  stop(): void
}

/** Starts Xvfb on a free display number. `prefix` is a command that runs it as another user. Rejects if it does not start. */
export async function startDisplay([program = 'Xvfb', ...prefix]: readonly string[]): Promise<Display> {
  makeSocketFolder()
  const options = ['-displayfd', '3', '-screen', '0', '1400x1000x24', '-nolisten', 'tcp']
  const args = program === 'Xvfb' ? options : [...prefix, 'Xvfb', ...options]
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  // Xvfb writes the number as soon as it listens, and closes the pipe when it ends.
  const number = await firstLine(child)
  return { name: `:${number}`, stop: () => void child.kill() }
}

/** Only root can create this folder, and Xvfb does not start without it. */
function makeSocketFolder(): void {
  if (process.getuid?.() !== 0) return
  mkdirSync(SOCKETS, { recursive: true })
  chmodSync(SOCKETS, 0o1777)
}

async function firstLine(child: ChildProcess): Promise<string> {
  const pipe = child.stdio[3] as Readable
  return new Promise((resolve, reject) => {
    let told = ''
    pipe.setEncoding('utf8').on('data', (piece: string) => {
      told += piece
      if (told.includes('\n')) resolve(told.trim())
    })
    child.once('error', reject).once('exit', () => reject(new Error('Xvfb did not start')))
  })
}
