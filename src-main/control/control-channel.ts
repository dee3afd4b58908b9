import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { chmodSync } from 'node:fs'
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, request as nodeRequest, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { z } from 'zod'
import { EXPORT_ROWS_HEADER } from '#shared/console-api/console-api.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { webListener } from './web-listener.ts'

/** The channel from the command line to a running Latchkey, so that the running process stays the only writer. */
export interface ControlChannel {
  close(): Promise<void>
}

const addressSchema = z.object({ address: z.string(), token: z.string() })
const ADDRESS_FILE = 'control.json'
// sun_path has 104 bytes on macOS and 108 on Linux, including the final NUL.
const LONGEST_SOCKET_PATH = 100
const CLOSE_TIMEOUT_MS = 1_000

/**
 * Serves `handler` on a Unix socket (on Windows a named pipe) in the data directory, for this user only: mode 0600, and
 * a random token in a file of mode 0600. Call it only while holding the instance lock, because it replaces a socket
 * that a killed process left.
 */
export async function openControlChannel(options: {
  dataDir: string
  handler: (request: Request) => Promise<Response>
}): Promise<ControlChannel> {
  const token = randomBytes(32).toString('base64url')
  const socket = await placeForSocket(options.dataDir)
  const answer = webListener(options.handler)
  const server = createServer((incoming, outgoing) => {
    if (carriesToken(incoming, token)) answer(incoming, outgoing)
    else outgoing.writeHead(401).end()
  })
  await listen(server, socket.path)
  await publish(options.dataDir, { address: socket.path, token })
  return {
    close: async () => {
      await rm(join(options.dataDir, ADDRESS_FILE), { force: true })
      await closeServer(server)
      await socket.remove()
    },
  }
}

/**
 * Sends a request to the Latchkey that runs on this data directory. Sends only method, path, body and Content-Type.
 * Throws a PersonError `not_running` if none listens (yet). Nothing has been done then, so the call can be repeated.
 */
export async function callRunning(dataDir: string, request: Request): Promise<Response> {
  const channel = await readAddress(dataDir)
  const body = Buffer.from(await request.arrayBuffer())
  const { pathname, search } = new URL(request.url)
  const outgoing = nodeRequest({
    socketPath: channel.address,
    method: request.method,
    path: pathname + search,
    headers: {
      Host: 'latchkey',
      Authorization: `Bearer ${channel.token}`,
      'Content-Type': request.headers.get('content-type') ?? 'application/json',
      'Content-Length': body.length,
    },
  })
  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve)
    outgoing.once('error', (error) => reject(isNobodyThere(error) ? notRunning(error) : error))
    outgoing.end(body)
  })
  return responseFrom(incoming)
}

function responseFrom(incoming: IncomingMessage): Response {
  const status = incoming.statusCode ?? 500
  // The socket belonged to an ended process, and something with another token now uses its name.
  if (status === 401) throw notRunning()
  const headers = new Headers({ 'Content-Type': incoming.headers['content-type'] ?? 'application/json' })
  const rows = incoming.headers[EXPORT_ROWS_HEADER.toLowerCase()]
  if (typeof rows === 'string') headers.set(EXPORT_ROWS_HEADER, rows)
  // Streams the response, because an export is too large for memory.
  return new Response(status === 204 ? null : (Readable.toWeb(incoming) as ReadableStream<Uint8Array>), {
    status,
    headers,
  })
}

async function readAddress(dataDir: string): Promise<z.infer<typeof addressSchema>> {
  try {
    return addressSchema.parse(JSON.parse(await readFile(join(dataDir, ADDRESS_FILE), 'utf8')))
  } catch (error) {
    throw notRunning(error)
  }
}

function notRunning(cause?: unknown): PersonError {
  return new PersonError(
    'not_running',
    'Latchkey is not running on this data directory. Start it with: latchkey serve',
    { cause },
  )
}

function isNobodyThere(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ECONNREFUSED' || error.code === 'ENOENT' || error.code === 'ENOTSOCK'
}

function carriesToken(incoming: IncomingMessage, token: string): boolean {
  const given = incoming.headers.authorization ?? ''
  // timingSafeEqual needs equal lengths, which hashes have. Comparing hashes reveals nothing about the token.
  return timingSafeEqual(sha256(given), sha256(`Bearer ${token}`))
}

function sha256(value: string): Buffer {
  return createHash('sha256').update(value).digest()
}

async function placeForSocket(dataDir: string): Promise<{ path: string; remove(): Promise<void> }> {
  if (process.platform === 'win32') {
    const path = `\\\\.\\pipe\\latchkey-${randomBytes(16).toString('hex')}`
    return { path, remove: () => Promise.resolve() }
  }
  const inside = join(dataDir, 'control.sock')
  const path = Buffer.byteLength(inside) <= LONGEST_SOCKET_PATH ? inside : await pathElsewhere()
  await rm(path, { force: true })
  const directory = path === inside ? path : dirname(path)
  return { path, remove: () => rm(directory, { recursive: true, force: true }) }
}

/** Creates a new directory with a short name and mode 0700 (by mkdtemp). */
async function pathElsewhere(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), 'latchkey-')), 'control.sock')
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ path, exclusive: true }, () => {
      if (process.platform !== 'win32') chmodSync(path, 0o600)
      resolve()
    })
  })
}

/** Renames the file into place, so that nobody reads an incomplete one. */
async function publish(dataDir: string, channel: z.infer<typeof addressSchema>): Promise<void> {
  const file = join(dataDir, ADDRESS_FILE)
  await writeFile(`${file}.new`, JSON.stringify(channel), { mode: 0o600 })
  await rename(`${file}.new`, file)
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
    // Running commands may finish; one that follows events would never end.
    setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS).unref()
  })
}
