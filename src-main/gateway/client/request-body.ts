import type { IncomingMessage } from 'node:http'
import type { HeldBody, NotHeld } from '../body/held-bodies.ts'

// The rest of a refused upload is read and dropped, up to this limit. Otherwise the client would see a reset instead of
// the refusal.
const DISCARD_LIMIT = 64 * 1024 * 1024
const DISCARD_MS = 5_000

/** The client disconnected before its body was complete. */
export class ClientLeft extends Error {}

/**
 * Reads the whole body while it fits into `room`. If it does not fit, resolves to the reason and puts the bytes back,
 * so that the body can still be streamed. Rejects with ClientLeft if the client disconnects.
 */
export function readBody(request: IncomingMessage, room: Pick<HeldBody, 'grow'>): Promise<Buffer | NotHeld> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    let size = 0
    const stop = () => {
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone)
    }
    const onData = (piece: Buffer) => {
      pieces.push(piece)
      size += piece.length
      const refused = room.grow(piece.length)
      if (refused === undefined) return
      stop()
      request.pause()
      request.unshift(Buffer.concat(pieces, size))
      resolve(refused)
    }
    const onEnd = () => {
      stop()
      resolve(pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces, size))
    }
    const onGone = () => {
      stop()
      reject(new ClientLeft('the client disconnected'))
    }
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone)
  })
}

/**
 * Calls `done` with the whole body, whose announced length is not 0; never calls it if the client disconnects. For
 * small bodies, which are frequent: a promise and a reservation of memory would cost as much as all checks.
 */
export function readSmallBody(request: IncomingMessage, length: number, done: (body: Buffer) => void): void {
  let body: Buffer | undefined
  request.on('data', (piece: Buffer) => {
    body = body === undefined ? piece : Buffer.concat([body, piece])
    if (body.length === length) done(body)
  })
}

/** Reads and drops a body, then calls `done`: at its end, at 64 MiB, after 5 seconds, or if the client disconnects. */
export function discardBody(request: IncomingMessage, done: () => void): void {
  let size = 0
  let finished = false
  const finish = () => {
    if (finished) return
    finished = true
    clearTimeout(timer)
    done()
  }
  const timer = setTimeout(finish, DISCARD_MS)
  timer.unref()
  request.on('data', (piece: Buffer) => {
    size += piece.length
    if (size > DISCARD_LIMIT) finish()
  })
  request.once('end', finish).once('close', finish).on('error', finish)
  request.resume()
}
