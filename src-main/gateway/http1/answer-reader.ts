import { type CallListener, InvalidAnswer } from '../transport.ts'
import { CHUNKED, type Http1Head, parseAnswerHead, UNTIL_CLOSE } from './answer-head.ts'
import { ChunkedBody } from './chunked-body.ts'
import { copyOf } from './copy-of.ts'

type AnswerListener = Pick<CallListener, 'onHead' | 'onData' | 'onEnd'>

const MAX_HEAD_BYTES = 64 * 1024
const HEAD_END = '\r\n\r\n'
const FIRST_BYTES = 'HTTP/'
const VERSION = 'HTTP/1.'
// RFC 8446 section 5.1: an alert or a handshake, and the major version.
const TLS_RECORDS = ['\x15\x03', '\x16\x03']

/**
 * Parses one answer from the bytes of a connection, which can be split anywhere. It is small and fast, because it handles
 * one answer at a time from a server that the person chose. It is strict, because an ambiguous answer would desync a
 * connection that other clients' answers use too.
 */
export class AnswerReader {
  /** True if the answer is complete. */
  done = false
  head: Http1Head | undefined
  readonly #method: string
  readonly #listener: AnswerListener
  #headText = ''
  #left = 0
  #chunked: ChunkedBody | undefined

  constructor(method: string, listener: AnswerListener) {
    this.#method = method
    this.#listener = listener
  }

  /** True within a head or after the last chunk, where no generation can cause a delay. */
  get isBetween(): boolean {
    return this.#headText !== '' || this.#chunked?.isEnding === true
  }

  /**
   * Parses the first `length` bytes. They are valid only until this returns, so passed data is copied. Throws InvalidAnswer
   * for invalid HTTP and for bytes after the end of the answer.
   */
  read(bytes: Buffer, length: number): void {
    let at = 0
    while (this.head === undefined) {
      at = this.#readHead(bytes, at, length)
      if (at < 0) return
    }
    if (at < length) this.#readBody(bytes, at, length)
  }

  /** Call when the upstream has closed the connection. Throws InvalidAnswer if the answer is incomplete. */
  close(): void {
    if (this.done) return
    if (this.head?.bodyLength !== UNTIL_CLOSE) throw new InvalidAnswer('the answer is not whole')
    this.#end(undefined)
  }

  /** Returns the offset after the head, or -1 if the head is incomplete. */
  #readHead(bytes: Buffer, at: number, length: number): number {
    const before = this.#headText.length
    const text = this.#headText + bytes.toString('latin1', at, Math.min(length, at + MAX_HEAD_BYTES))
    const end = text.indexOf(HEAD_END, Math.max(0, before - HEAD_END.length))
    if (end < 0) {
      checkUnfinished(text)
      this.#headText = text
      return -1
    }
    this.#headText = ''
    const head = parseAnswerHead(text.slice(0, end), this.#method)
    if (head.status === 101) throw new InvalidAnswer('nobody asked for another protocol')
    if (head.status >= 200) this.#begin(head)
    return at + end + HEAD_END.length - before
  }

  #begin(head: Http1Head): void {
    this.head = head
    this.#left = head.bodyLength
    if (head.bodyLength === CHUNKED) this.#chunked = new ChunkedBody()
    this.#listener.onHead(head)
    if (head.bodyLength === 0) this.#end(undefined)
  }

  #readBody(bytes: Buffer, at: number, length: number): void {
    if (this.done) throw new InvalidAnswer('something follows the answer')
    if (this.#chunked !== undefined) return this.#readChunks(this.#chunked, bytes, at, length)
    if (this.#left === UNTIL_CLOSE) return this.#listener.onData(copyOf(bytes, at, length))
    const end = Math.min(length, at + this.#left)
    this.#left -= end - at
    const body = copyOf(bytes, at, end)
    if (this.#left > 0) return this.#listener.onData(body)
    this.#end(body)
    if (end < length) throw new InvalidAnswer('something follows the answer')
  }

  /** Chunks that arrived together are passed on together. */
  #readChunks(chunked: ChunkedBody, bytes: Buffer, at: number, length: number): void {
    const first = chunked.read(bytes, at, length)
    const body = first && withTheRest(first, chunked, bytes, length)
    if (chunked.ended) this.#end(body)
    else if (body !== undefined) this.#listener.onData(body)
    if (chunked.next < length) throw new InvalidAnswer('something follows the answer')
  }

  #end(last: Buffer | undefined): void {
    this.done = true
    this.#listener.onEnd(last)
  }
}

/** Usually there is no more data, and no copy is needed. */
function withTheRest(first: Buffer, chunked: ChunkedBody, bytes: Buffer, length: number): Buffer {
  let more = chunked.read(bytes, chunked.next, length)
  if (more === undefined) return first
  const all = [first]
  for (; more !== undefined; more = chunked.read(bytes, chunked.next, length)) all.push(more)
  return Buffer.concat(all)
}

/** Fails early for bytes that cannot become a head. */
function checkUnfinished(text: string): void {
  if (TLS_RECORDS.some((start) => text.startsWith(start))) throw new InvalidAnswer('the answer is TLS', 'tls')
  if (!text.startsWith(FIRST_BYTES.slice(0, text.length))) throw new InvalidAnswer('the answer is not HTTP', 'other')
  const isHttp1 = text.startsWith(VERSION.slice(0, text.length))
  if (!isHttp1 || text.length > MAX_HEAD_BYTES || /(?:^|[^\r])\n/.test(text))
    throw new InvalidAnswer('the answer is not valid HTTP/1')
}
