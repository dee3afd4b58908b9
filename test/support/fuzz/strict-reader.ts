/** One answer as read by a strict client. */
export interface ReadAnswer {
  readonly status: number
  readonly text: string
}

export interface Reading {
  /** Final answers, without the interim ones. */
  readonly answers: readonly ReadAnswer[]
  /** True if the last answer is incomplete. */
  readonly isCut: boolean
  /** Why this is not a sequence of HTTP answers. */
  readonly fault: string | undefined
}

const HEAD = /^HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n((?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+: ?[^\r\n\0]*\r\n)*)\r\n/

/** Reads everything received on a connection; `method` is the method of its requests if it is HEAD. */
export function readStrictly(received: string, method?: string): Reading {
  const answers: ReadAnswer[] = []
  for (let rest = received; rest !== ''; ) {
    const head = HEAD.exec(rest)
    if (head === null) return { answers, isCut: true, fault: faultOfPart(rest) }
    const status = Number(head[1])
    const behind = rest.slice(head[0].length)
    const length = status < 200 ? 0 : bodyLength(linesOf(head[2] ?? ''), behind, { status, method })
    if (typeof length === 'string') return { answers, isCut: false, fault: length }
    if (status >= 200) answers.push({ status, text: rest.slice(0, head[0].length + (length ?? behind.length)) })
    if (length === undefined) return { answers, isCut: true, fault: undefined }
    rest = behind.slice(length)
  }
  return { answers, isCut: false, fault: undefined }
}

/** The beginning of a head may be cut off. Other bytes between answers are an error. */
function faultOfPart(rest: string): string | undefined {
  const begins = rest.startsWith('HTTP/1.1 '.slice(0, rest.length)) && !rest.includes('\r\n\r\n')
  return begins ? undefined : `no answer: ${JSON.stringify(rest.slice(0, 200))}`
}

function linesOf(text: string): [name: string, value: string][] {
  return text
    .split('\r\n')
    .filter((line) => line !== '')
    .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()])
}

/** The number of body bytes in `behind`; undefined if the body is incomplete; a sentence if its length is unknown. */
function bodyLength(
  lines: readonly [string, string][],
  behind: string,
  { status, method }: { status: number; method: string | undefined },
): number | string | undefined {
  const lengths = lines.filter(([name]) => name === 'content-length')
  const codings = lines.filter(([name]) => name === 'transfer-encoding')
  if (lengths.length + codings.length > 1) return 'an answer has two lengths'
  if (method === 'HEAD' || status === 204 || status === 304) return 0
  if (codings.length === 1) return chunkedLength(behind)
  // Until the connection closes.
  if (lengths.length === 0) return behind.length
  const length = Number(lengths[0]?.[1])
  return behind.length < length ? undefined : length
}

function chunkedLength(behind: string): number | string | undefined {
  for (let at = 0; ; ) {
    const line = /^([0-9a-f]+)\r\n/.exec(behind.slice(at, at + 20))
    if (line === null) return behind.slice(at, at + 20).includes('\r\n') ? 'a chunk has no size' : undefined
    const size = Number.parseInt(line[1] as string, 16)
    const end = at + line[0].length + size
    if (behind.length < end + 2) return undefined
    if (behind.slice(end, end + 2) !== '\r\n') return 'a chunk has no end'
    at = end + 2
    if (size === 0) return at
  }
}
