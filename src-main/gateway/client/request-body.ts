import type { IncomingMessage } from 'node:http'
import type { HeldBody, NotHeld } from '../body/held-bodies.ts'

// A refused upload is read away for a while, or the client would see a reset instead of the sentence it was sent.
const DISCARD_LIMIT = 64 * 1024 * 1024
const DISCARD_MS = 5_000

/** The client went away before its body was whole. */
export class ClientLeft extends Error {}

/**
 * Reads the whole body, as long as there is room for it. Resolves to the reason when there is none: what was read is put
 * back, so that it can still be streamed. Rejects when the client goes away.
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
      reject(new ClientLeft('the client went away'))
    }
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone)
  })
}

/**
 * Calls `done` with the whole body, whose length was announced and is not 0, and never when the client goes away. For
 * small ones, of which there are many: a promise and the room that is counted for large ones cost as much as all that is
 * looked for in them.
 */
export function readSmallBody(request: IncomingMessage, length: number, done: (body: Buffer) => void): void {
  let body: Buffer | undefined
  request.on('data', (piece: Buffer) => {
    body = body === undefined ? piece : Buffer.concat([body, piece])
    if (body.length === length) done(body)
  })
}

/** Reads away a body that nobody wants, then calls `done`: at its end, at 64 MiB, after 5 seconds, or when the client left. */
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
