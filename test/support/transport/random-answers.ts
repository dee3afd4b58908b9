import { mutateBytes, mutateHead } from '../fuzz/mutate.ts'
import type { Random } from '../fuzz/random.ts'

/** An upstream's answer to one request, valid or not. */
export interface RandomAnswer {
  readonly method: 'GET' | 'HEAD'
  /** Its bytes, one character each, cut at random. */
  readonly pieces: readonly string[]
  /**
   * True if the upstream closes the connection after it. It always closes after an incomplete answer, whose end would
   * otherwise be unknown.
   */
  readonly closes: boolean
}

const STATUS_LINES = [
  'HTTP/1.1 200 OK',
  'HTTP/1.1 200 OK',
  'HTTP/1.1 200 OK',
  'HTTP/1.1 201',
  'HTTP/1.1 204 No Content',
  'HTTP/1.1 304 Not Modified',
  'HTTP/1.1 404 caf\xe9',
  'HTTP/1.1 500 \tInternal',
  'HTTP/1.0 200 OK',
]
const ODD_STATUS_LINES = [
  'HTTP/1.1 101 Switching Protocols',
  'HTTP/1.1 2000 OK',
  'HTTP/1.1 20 OK',
  'HTTP/1.1 099 OK',
  'HTTP/1.1  200 OK',
  'HTTP/1.1 200\tOK',
  'HTTP/2.0 200 OK',
  'HTTP/0.9 200 OK',
  'http/1.1 200 OK',
  'RTSP/1.0 200 OK',
  'SSH-2.0-OpenSSH',
  '',
]
const INTERIM = ['HTTP/1.1 102 Processing\r\n\r\n', 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nX-A: b\r\n\r\n']
const LINES = [
  'Content-Type: application/json',
  'X-Empty:',
  'X-Blanks:  \t a b \t ',
  'x-twice: 1',
  'X-TWICE: 2',
  'Set-Cookie: a=b',
  'Connection: keep-alive',
  'Connection: close',
  'Connection: x-one, Close',
  'Keep-Alive: timeout=1',
  'Content-Encoding: gzip',
  'X-Latin: caf\xe9',
  "!#$%&'*+-.^_`|~: odd but a name",
]
const ODD_LINES = [
  'No colon',
  ': no name',
  'X One: a',
  'X-One : a',
  ' X-One: a',
  'X-One: a\r\n folded',
  'X-One: a\0b',
  'X-One: a\x7fb',
  'X-One: a\x01b',
  'X-One: a\rb',
  'X-One: a\nX-Two: b',
  'X-\xe9: a',
  'Content-Length: 3',
  'Content-Length: 3, 3',
  'Content-Length: -1',
  'Content-Length: 0x3',
  'Content-Length: 99999999999999999999',
  'Content-Length: 3 ',
  'Content-Length:',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: Chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding: chunked, chunked',
  'Transfer-Encoding:',
  'Upgrade: websocket',
]
const BODIES = ['', '{}', '{"done":true}\n', 'data: {"a":1}\n\n', 'HTTP/1.1 200 OK\r\n\r\n', '0\r\n\r\n', '\0\xff\r\n']
const SIZES = (length: number) => [
  length.toString(16),
  length.toString(16).toUpperCase(),
  `00${length.toString(16)}`,
  `${length.toString(16)};a=b`,
  `${length.toString(16)};a="b c"`,
]
const ODD_SIZES = [
  '',
  'g',
  '-1',
  '+2',
  '0x2',
  '2 ',
  ' 2',
  '1\t',
  '2;\0',
  'fffffffffffff',
  'ffffffffffffffff1',
  '2;a\n',
  '2\n',
]
const TRAILERS = ['', '', '', 'X-One: a\r\n', 'X-One: a\r\nX-Two:\r\n', 'Content-Length: 3\r\n']
const ODD_TRAILERS = ['no colon\r\n', 'X-One: a\n', ' : \r\n', 'X\x01: a\r\n', '\r', 'X: a\r\n folded\r\n']
const BEHIND = ['\r\n', 'x', 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil', '0\r\n\r\n', '\0']

export function randomAnswer(random: Random): RandomAnswer {
  const isOdd = random.chance(0.6)
  const method = random.chance(0.1) ? 'HEAD' : 'GET'
  const framing = random.of(['length', 'length', 'chunks', 'chunks', 'close'] as const)
  const head = headOf(random, isOdd)
  const { line, body } = bodyOf(random, framing, isOdd)
  const lines = line === undefined ? head : spliced(random, head, line)
  const hasBody = method !== 'HEAD' && !/^HTTP\/1\.[01] (?:204|304)/.test(head[0] ?? '')
  const whole = `${interimOf(random)}${lines.join('\r\n')}\r\n\r\n${hasBody ? body : ''}`
  const said = isOdd ? damaged(random, whole) : whole
  return {
    method,
    pieces: cut(random, said),
    closes: isOdd || (hasBody && framing === 'close') || random.chance(0.2),
  }
}

function headOf(random: Random, isOdd: boolean): string[] {
  const lines = [isOdd && random.chance(0.15) ? random.of(ODD_STATUS_LINES) : random.of(STATUS_LINES)]
  for (let count = random.below(5); count > 0; count--) lines.push(random.of(LINES))
  if (isOdd && random.chance(0.4)) lines.splice(1 + random.below(lines.length), 0, random.of(ODD_LINES))
  return lines
}

function spliced(random: Random, lines: readonly string[], line: string): string[] {
  const at = 1 + random.below(lines.length)
  return [...lines.slice(0, at), line, ...lines.slice(at)]
}

function bodyOf(random: Random, framing: 'length' | 'chunks' | 'close', isOdd: boolean) {
  const parts = Array.from({ length: 1 + random.below(3) }, () => random.of(BODIES))
  const body = parts.join('')
  if (framing === 'close') return { line: undefined, body }
  if (framing === 'length') {
    const off = isOdd && random.chance(0.3) ? random.of([-1, 1, 40]) : 0
    return { line: `Content-Length: ${Math.max(0, body.length + off)}`, body }
  }
  return {
    line: random.of(['Transfer-Encoding: chunked', 'transfer-encoding:chunked']),
    body: chunks(random, parts, isOdd),
  }
}

function chunks(random: Random, parts: readonly string[], isOdd: boolean): string {
  const whole = parts
    .filter((part) => part !== '')
    .map((part) => {
      const size = isOdd && random.chance(0.1) ? random.of(ODD_SIZES) : random.of(SIZES(part.length))
      return `${size}\r\n${part}\r\n`
    })
  const trailer = isOdd && random.chance(0.15) ? random.of(ODD_TRAILERS) : random.of(TRAILERS)
  return `${whole.join('')}${random.of(['0', '0', '000', '0;a=b'])}\r\n${trailer}\r\n`
}

function interimOf(random: Random): string {
  let text = ''
  while (random.chance(0.1)) text += random.of(INTERIM)
  return text
}

function damaged(random: Random, whole: string): string {
  switch (random.below(8)) {
    case 0:
      return mutateHead(whole, random)
    case 1:
      return mutateBytes(whole, random)
    case 2:
      return whole + random.of(BEHIND)
    case 3:
      return whole.slice(0, random.below(whole.length))
    default:
      return whole
  }
}

function cut(random: Random, text: string): string[] {
  const places = Array.from({ length: random.of([0, 0, 1, 2, 5]) }, () => random.below(text.length + 1))
  const sorted = [0, ...places.sort((one, other) => one - other), text.length]
  return sorted.slice(1).map((end, at) => text.slice(sorted[at], end))
}
