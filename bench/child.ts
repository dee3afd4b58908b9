import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

const START_DEADLINE_MS = 20_000
const STOP_DEADLINE_MS = 3_000

/** Starts a script with a message channel. Its address can be relative to this folder; its errors go to our stderr. */
export function startScript(script: string, args: readonly string[] = []): ChildProcess {
  const path = fileURLToPath(new URL(script, import.meta.url))
  return spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
}

/** The next message of a child. The caller knows its type, because we write both ends. */
export function nextMessage<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown) => {
      child.off('exit', onExit)
      resolve(message as T)
    }
    const onExit = () => {
      child.off('message', onMessage)
      reject(new Error(`${child.spawnargs.join(' ')} ended unexpectedly`))
    }
    child.once('message', onMessage).once('exit', onExit)
  })
}

/** Ends a child; kills it if it does not end by itself. */
export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS)
  await exited
  clearTimeout(force)
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Resolves when a port accepts connections. Rejects after 20 seconds. */
export async function untilListening(port: number, name: string, host = '127.0.0.1'): Promise<void> {
  const deadline = performance.now() + START_DEADLINE_MS
  while (!(await accepts(port, host))) {
    if (performance.now() > deadline) throw new Error(`${name} does not listen`)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

function accepts(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host)
    const end = (up: boolean) => {
      socket.destroy()
      resolve(up)
    }
    socket.on('connect', () => end(true)).on('error', () => end(false))
  })
}
