import type { RandomAnswer } from './random-answers.ts'

/** A client's result for one answer. */
export interface Outcome {
  readonly status: number | undefined
  /** Names in lower case and values, each on a line of its own. */
  readonly lines: string | undefined
  /** The received body, one character per byte. */
  readonly body: string
  /** `whole`, `invalid`, `lost`, or the code of another error. */
  readonly end: string
  /** Whether the call behind it got the answer that was meant for it. */
  readonly next: string
}

interface Difference {
  readonly name: string
  readonly reason: string
  readonly isIt: (said: string, own: Outcome, undici: Outcome) => boolean
}

const INTERIM = /^(?:HTTP\/1\.1 10[23] .*?\r\n\r\n)*/s
const CODING = /\r\ntransfer-encoding:[ \t]*(.*?)[ \t]*(?=\r\n)/gi

const hasNoHead = ({ status }: Outcome) => status === undefined
const isRefusedHead = (one: Outcome) => hasNoHead(one) && one.end === 'invalid'
const isCodedOtherwise = (codings: string[]) => codings.length > 0 && codings.join('; ') !== 'chunked'
const codingsIn = (head: string) => [...head.matchAll(CODING)].map(([, value = '']) => value.toLowerCase())

/** Where the own client is meant to be different. The text is what the upstream said, from its last head on. */
const DIFFERENCES: readonly Difference[] = [
  {
    name: 'chunks in HTTP/1.0',
    reason: 'RFC 9112, section 6.1: such framing is faulty, and two readers may take it for different bodies',
    isIt: (said, own) => isRefusedHead(own) && said.startsWith('HTTP/1.0') && codingsIn(headOf(said)).length > 0,
  },
  {
    name: 'a coding other than one `chunked`',
    reason:
      'the gateway does not undo it, and undici passes on what is still coded, or reads until the connection ends',
    isIt: (said, own) => isRefusedHead(own) && isCodedOtherwise(codingsIn(headOf(said))),
  },
  {
    name: 'a length in a trailer',
    reason: 'RFC 9110, section 6.5.1: trailers that say where the body ends are ignored; undici refuses the answer',
    isIt: (said, own, undici) =>
      // Also of an answer that breaks off behind it.
      own.end !== 'invalid' && undici.end === 'invalid' && /\r\ncontent-length:/i.test(said.slice(headOf(said).length)),
  },
  {
    name: 'a damaged head that breaks off',
    reason: 'the own client reads a head once it is whole: the connection has ended before that',
    isIt: (said, own, undici) => own.end === 'lost' && isRefusedHead(undici) && !said.includes('\r\n\r\n'),
  },
  {
    name: 'another protocol',
    reason:
      'the own client takes HTTP/1.0 and 1.1 and knows all else from its first bytes; undici takes RTSP, HTTP/0.9 and HTTP/2.0 as well',
    isIt: (said, own) => isRefusedHead(own) && !/^HTTP\/1\.[01] /.test(said),
  },
  {
    name: 'a control character in the words behind the status',
    reason: 'RFC 9112, section 4 forbids it; undici leaves these words unread',
    isIt: (said, own) => isRefusedHead(own) && hasControls(said.split('\r\n', 1)[0] ?? ''),
  },
  {
    name: 'an assertion of undici',
    reason: 'undici fails on a status below 100 and on a 101 that nobody asked for; both clients give no answer',
    isIt: (_said, own, undici) => isRefusedHead(own) && undici.end.startsWith('ERR_ASSERTION'),
  },
  {
    name: 'a chunk of 2^48 bytes or more',
    reason: 'the own client refuses its size; undici waits for so many bytes',
    isIt: (said, own, undici) => own.end === 'invalid' && undici.end === 'lost' && /\r\n[0-9a-f]{13,16}/i.test(said),
  },
  {
    name: 'more than 8 kB of extensions and trailers',
    reason: 'nobody reads them, so the own client has a bound for what it skips; undici has none',
    isIt: (said, own) => own.end === 'invalid' && own.status !== undefined && /[^\r\n]{8000}/.test(said),
  },
  {
    name: 'a blank behind a length',
    reason:
      'RFC 9110, section 5.5: it is no part of the value; undici reads the body and then says that it is too long',
    isIt: (said, own, undici) =>
      own.end === 'whole' && undici.end === 'lost' && /\r\ncontent-length:.*[ \t](?=\r\n)/i.test(headOf(said)),
  },
]

function hasControls(text: string): boolean {
  return Array.from(text, (letter) => letter.charCodeAt(0)).some(
    (code) => (code < 0x20 && code !== 0x09) || code === 0x7f,
  )
}

function headOf(said: string): string {
  const end = said.indexOf('\r\n\r\n')
  return end < 0 ? said : said.slice(0, end + 2)
}

/** Why the two differ; undefined where they do not, `unknown` where one of them is wrong. */
export function differenceOf({ pieces }: RandomAnswer, own: Outcome, undici: Outcome): string | undefined {
  if (isEqual(own, undici)) return undefined
  const said = pieces.join('').replace(INTERIM, '')
  return DIFFERENCES.find(({ isIt }) => isIt(said, own, undici))?.name ?? 'unknown'
}

/**
 * The received part of an incomplete body depends on how the bytes were split. One result must be the beginning of the
 * other.
 */
function isEqual(own: Outcome, undici: Outcome): boolean {
  const { body: ours, ...restOfOwn } = own
  const { body: theirs, ...restOfUndici } = undici
  if (JSON.stringify(restOfOwn) !== JSON.stringify(restOfUndici)) return false
  return own.end === 'whole' ? ours === theirs : ours.startsWith(theirs) || theirs.startsWith(ours)
}
