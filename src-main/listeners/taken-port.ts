import { connect } from 'node:net'
import { PersonError } from '#shared/text/person-error.ts'
import type { ProblemParts } from '#shared/text/problem.ts'
import { OLLAMA_PORT } from '#shared/upstreams/take-over.ts'

const TIMEOUT_MS = 1_000
const LONGEST_ANSWER = 1_000

/**
 * Converts the system's error into a PersonError (`port_taken`, `port_forbidden`) if it is one that a person can fix.
 * The sentence says if Ollama or another Latchkey has the port. `mayAsk` is false for this gateway's own port, where it
 * would find itself.
 */
export async function explainListenError(error: unknown, port: number, mayAsk: boolean): Promise<unknown> {
  if (hasCode(error, 'EACCES')) return portForbidden(error, port)
  if (!hasCode(error, 'EADDRINUSE')) return error
  const found = mayAsk ? await knownHolder(port) : undefined
  const parts: ProblemParts<'port_taken'> = { port: String(port), by: found?.by ?? 'other' }
  return new PersonError('port_taken', found?.sentence ?? anotherProgram(port), { cause: error, parts })
}

/** Why a stopped gateway could not use this port, with a remedy; null if the port is free. */
export async function portProblem(port: number): Promise<string | null> {
  if (!(await isTaken(port))) return null
  return (await knownHolder(port))?.sentence ?? anotherProgram(port)
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

function portForbidden(cause: unknown, port: number): PersonError {
  const sentence = `This computer does not let Latchkey use port ${port}. Choose one above 1023.`
  return new PersonError('port_forbidden', sentence, { cause, parts: { port: String(port) } })
}

function anotherProgram(port: number): string {
  return `Port ${port} is already used by another program. Close that program, or choose another port in Latchkey’s settings.`
}

interface Holder {
  readonly sentence: string
  readonly by: 'latchkey' | 'ollama'
}

async function knownHolder(port: number): Promise<Holder | undefined> {
  const [health, root] = await Promise.all([answerAt(port, '/healthz'), answerAt(port, '/')])
  // In this order, because a Latchkey answers `/` like Ollama.
  if (health.includes('"gateway"')) return { sentence: anotherLatchkey(port), by: 'latchkey' }
  return root.startsWith('Ollama is running') ? { sentence: ollamaItself(port), by: 'ollama' } : undefined
}

function isTaken(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect({ port, host: '127.0.0.1', timeout: TIMEOUT_MS })
  socket
    .on('connect', () => resolve(true))
    .on('error', () => resolve(false))
    .on('timeout', () => resolve(false))
  return promise.finally(() => socket.destroy())
}

function anotherLatchkey(port: number): string {
  return `Another Latchkey already uses port ${port}. Quit it, or choose another port in Latchkey’s settings.`
}

function ollamaItself(port: number): string {
  const how = port === OLLAMA_PORT ? ' To move Ollama, follow: latchkey doctor --take-over' : ''
  return `Ollama itself uses port ${port}. Move Ollama to another port first, then give this one to Latchkey.${how}`
}

/** The beginning of the answer to a GET; empty without an answer. */
async function answerAt(port: number, path: string): Promise<string> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { signal, redirect: 'error' })
    return await beginningOf(answer)
  } catch {
    return ''
  }
}

/** The program on the port could send without end. */
async function beginningOf(answer: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const piece of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    text += decoder.decode(piece, { stream: true })
    if (text.length > LONGEST_ANSWER) break
  }
  return text
}
