import { type AnswerHead, InvalidAnswer } from '../transport.ts'

/** The facts of a head that the HTTP client itself needs. */
export interface Http1Head extends AnswerHead {
  /** Length of the body in bytes; `CHUNKED` or `UNTIL_CLOSE` if only the body shows its end. */
  readonly bodyLength: number
  /** True if another request may follow on the connection. */
  readonly keepsConnection: boolean
  /** The upstream's announced keep-alive timeout in milliseconds; undefined without one. */
  readonly idleMs: number | undefined
}

export const CHUNKED = -1
export const UNTIL_CLOSE = -2

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/
// RFC 9110 section 5.6.2.
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
// A longer number would not be exact, and no answer is that long.
const LENGTH = /^\d{1,15}$/

/** The header lines that determine the framing and coding of the body. */
interface Framing {
  length: string | undefined
  coding: string | undefined
  connection: string | undefined
  keepAlive: string | undefined
  contentEncoding: string | undefined
}

/**
 * Parses a head without its blank line, one character per byte. Throws InvalidAnswer for everything that two parsers could
 * read differently: repeated or unusual lengths, a length beside a transfer coding, folded lines, bare line ends.
 */
export function parseAnswerHead(text: string, method: string): Http1Head {
  const lineEnd = text.indexOf('\r\n')
  const start = STATUS_LINE.exec(lineEnd < 0 ? text : text.slice(0, lineEnd))
  if (start === null) throw new InvalidAnswer('the status line is not one', text.startsWith('HTTP/') ? 'http' : 'other')
  const framing: Framing = {
    length: undefined,
    coding: undefined,
    connection: undefined,
    keepAlive: undefined,
    contentEncoding: undefined,
  }
  const lines = lineEnd < 0 ? [] : readLines(text, lineEnd + 2, framing)
  const status = Number(start[2])
  const isOld = start[1] === '0'
  const bodyLength = bodyLengthOf(framing, { status, method, isOld })
  const { contentEncoding } = framing
  return {
    status,
    lines,
    bodyLength,
    keepsConnection: keepsConnection(framing, isOld),
    contentEncoding,
    idleMs: idleOf(framing),
  }
}

function readLines(text: string, from: number, framing: Framing): string[] {
  const lines: string[] = []
  for (let at = from; at < text.length; ) {
    const found = text.indexOf('\r\n', at)
    const end = found < 0 ? text.length : found
    const colon = text.indexOf(':', at)
    if (colon < 0 || colon >= end) throw new InvalidAnswer('a header line has no colon')
    const lower = lowerName(text.slice(at, colon))
    const value = trimBlanks(text.slice(colon + 1, end))
    if (lower === undefined || !VALUE.test(value)) throw new InvalidAnswer('a header line has forbidden characters')
    lines.push(lower, value)
    noteFraming(framing, lower, value)
    at = end + 2
  }
  return lines
}

// A server sends the same few names in every answer, in constant spelling.
const MOST_NAMES = 100
const names = new Map<string, string>()

/** undefined for an invalid header name. */
function lowerName(written: string): string | undefined {
  const known = names.get(written)
  if (known !== undefined) return known
  if (!NAME.test(written)) return undefined
  const lower = written.toLowerCase()
  if (names.size < MOST_NAMES) names.set(written, lower)
  return lower
}

/** Removes only HTTP's white space. `trim` would also remove forbidden characters and text. */
function trimBlanks(value: string): string {
  let start = 0
  let end = value.length
  while (start < end && isBlank(value.charCodeAt(start))) start++
  while (end > start && isBlank(value.charCodeAt(end - 1))) end--
  return value.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

function noteFraming(framing: Framing, name: string, value: string): void {
  switch (name) {
    case 'content-length':
      if (framing.length !== undefined || !LENGTH.test(value)) throw new InvalidAnswer('the length is not one')
      framing.length = value
      break
    case 'transfer-encoding':
      if (framing.coding !== undefined || value.toLowerCase() !== 'chunked')
        throw new InvalidAnswer('the transfer coding is not known')
      framing.coding = value
      break
    case 'connection':
      framing.connection = framing.connection === undefined ? value : `${framing.connection},${value}`
      break
    case 'keep-alive':
      framing.keepAlive = value
      break
    case 'content-encoding':
      framing.contentEncoding = framing.contentEncoding === undefined ? value : `${framing.contentEncoding},${value}`
  }
}

/** RFC 9112 section 6.3, but stricter: refuses a length beside a transfer coding instead of ignoring it. */
function bodyLengthOf(framing: Framing, answer: { status: number; method: string; isOld: boolean }): number {
  const { length, coding } = framing
  if (coding !== undefined && (length !== undefined || answer.isOld))
    throw new InvalidAnswer('the answer has two lengths')
  if (answer.method === 'HEAD' || answer.status < 200 || answer.status === 204 || answer.status === 304) return 0
  if (coding !== undefined) return CHUNKED
  return length === undefined ? UNTIL_CLOSE : Number(length)
}

function keepsConnection({ connection }: Framing, isOld: boolean): boolean {
  if (connection === undefined) return !isOld
  const tokens = connection.toLowerCase().split(',')
  const says = (word: string) => tokens.some((token) => token.trim() === word)
  return !says('close') && (!isOld || says('keep-alive'))
}

function idleOf({ keepAlive }: Framing): number | undefined {
  const seconds = keepAlive === undefined ? undefined : /(?:^|[ ,;])timeout=(\d{1,6})(?:$|[ ,;])/i.exec(keepAlive)?.[1]
  return seconds === undefined ? undefined : Number(seconds) * 1000
}
