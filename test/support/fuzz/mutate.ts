import type { Random } from './random.ts'

const ODD_BYTES = ['\r', '\n', '\r\n', '\0', ' ', '\t', ':', ';', ',', '%', '"', '\x7f', '\x80', '\xff', '0', 'Z', '/']
const LONG = [1, 100, 9_000, 40_000]

type Mutation = (text: string, random: Random) => string

const anyBytes: readonly Mutation[] = [
  (text, random) => splice(text, random.below(text.length + 1), 0, random.of(ODD_BYTES)),
  (text, random) => splice(text, random.below(text.length), 1, ''),
  (text, random) => splice(text, random.below(text.length), 1, String.fromCharCode(random.below(256))),
  (text, random) => splice(text, random.below(text.length), random.below(20), ''),
  (text, random) => text.slice(0, random.below(text.length + 1)),
  (text, random) => splice(text, random.below(text.length), 0, 'a'.repeat(random.of(LONG))),
]

const HEADER_LINES = [
  'Content-Length: 0',
  'Content-Length: 5',
  'Content-Length: -1',
  'Content-Length: 5, 5',
  'Content-Length: 99999999999999999999',
  'Content-Length: 0x10',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding:\tchunked',
  'Connection: close',
  'Connection: keep-alive',
  'Connection: upgrade, x-api-key',
  'Connection: content-length, host',
  'Keep-Alive: timeout=0',
  'Upgrade: h2c',
  'Content-Encoding: gzip',
  'Content-Encoding: zstd',
  'Trailer: X-One',
  'X-One: a\r\n b',
  'X-One : a',
  ': nothing',
  'X-One: \xe4\xf6\xfc',
]

const headLines: readonly Mutation[] = [
  (head, random) => insertLine(head, random, random.of(HEADER_LINES)),
  (head, random) => insertLine(head, random, random.of(head.split('\r\n'))),
  (head, random) =>
    head
      .split('\r\n')
      .toSpliced(1 + random.below(4), 1)
      .join('\r\n'),
  (head, random) => head.replace(random.chance(0.5) ? /\r\n/g : '\r\n', '\n'),
  (head, random) => head.replace(/HTTP\/1\.1/, random.of(['HTTP/1.0', 'HTTP/1.9', 'HTTP/2', 'http/1.1', 'HTTP/1.1 '])),
  (head, random) =>
    insertLine(
      head,
      random,
      Array(random.of([2, 300, 1_000]))
        .fill('X-M: a')
        .join('\r\n'),
    ),
]

/** A slightly invalid head, with its blank line. */
export function mutateHead(head: string, random: Random): string {
  let mutated = head
  for (let times = 1 + random.below(3); times > 0; times--) {
    mutated = random.of(random.chance(0.7) ? headLines : anyBytes)(mutated, random)
  }
  return mutated
}

export function mutateBytes(text: string, random: Random): string {
  return text === '' ? text : random.of(anyBytes)(text, random)
}

function insertLine(head: string, random: Random, line: string): string {
  const lines = head.split('\r\n')
  return lines.toSpliced(1 + random.below(Math.max(1, lines.length - 2)), 0, line).join('\r\n')
}

function splice(text: string, at: number, count: number, inserted: string): string {
  return text.slice(0, at) + inserted + text.slice(at + count)
}
