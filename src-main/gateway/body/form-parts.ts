/** One part of a form. */
export interface FormPart {
  readonly name: string
  /** True if the part has a file name, in either spelling. */
  readonly isFile: boolean
  readonly value: Buffer
}

const BREAK = Buffer.from('\r\n')
const HEADERS_END = Buffer.from('\r\n\r\n')
const MAX_HEADER_BYTES = 8 * 1024
const MAX_PARTS = 1000

// RFC 2046 section 5.1.1, without the space: no client sends one, and parsers trim it differently.
const BOUNDARY = /^multipart\/form-data[ \t]*;[ \t]*boundary=(?:"([\w'()+,./:=?-]{1,70})"|([\w'+.-]{1,70}))[ \t]*;?$/i

/** The boundary in a form's Content-Type; undefined if the type has any other parameter. */
export function formBoundary(contentType: string): string | undefined {
  // `charset` has no meaning here, but some clients send it. It does not affect how a form is split.
  const match = BOUNDARY.exec(contentType.trim().replace(/[ \t]*;[ \t]*charset=["\w-]+/i, ''))
  return match?.[1] ?? match?.[2]
}

/**
 * Splits a form into its parts. Returns undefined if another parser could split it differently: text before the first
 * boundary or after the last, bare line feeds, the boundary anywhere else, padding after it.
 */
export function splitForm(body: Buffer, boundary: string): FormPart[] | undefined {
  const delimiter = Buffer.from(`--${boundary}`)
  if (body.indexOf(delimiter) !== 0) return undefined
  const parts: FormPart[] = []
  let at = delimiter.length
  while (!startsAt(body, at, Buffer.from('--'))) {
    const next = body.indexOf(delimiter, at)
    if (next < 0 || !startsAt(body, at, BREAK) || !startsAt(body, next - BREAK.length, BREAK)) return undefined
    const part = readPart(body.subarray(at + BREAK.length, next - BREAK.length))
    if (part === undefined || parts.push(part) > MAX_PARTS) return undefined
    at = next + delimiter.length
  }
  const rest = body.subarray(at + 2)
  return rest.length === 0 || rest.equals(BREAK) ? parts : undefined
}

function startsAt(body: Buffer, at: number, bytes: Buffer): boolean {
  return at >= 0 && body.subarray(at, at + bytes.length).equals(bytes)
}

function readPart(part: Buffer): FormPart | undefined {
  const end = part.subarray(0, MAX_HEADER_BYTES).indexOf(HEADERS_END)
  if (end < 0) return undefined
  const headers = readHeaders(part.toString('latin1', 0, end))
  const disposition = headers && readDisposition(headers)
  return disposition && { ...disposition, value: part.subarray(end + HEADERS_END.length) }
}

/** Headers by lower-case name; undefined if one is folded, repeated or malformed. */
function readHeaders(text: string): Map<string, string> | undefined {
  const headers = new Map<string, string>()
  for (const line of text.split('\r\n')) {
    const match = /^([\w!#$%&'*+.^`|~-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/.exec(line)
    const name = match?.[1]?.toLowerCase()
    if (name === undefined || headers.has(name)) return undefined
    headers.set(name, match?.[2]?.trimEnd() ?? '')
  }
  return headers
}

const PLAIN_ENCODINGS = new Set([undefined, '7bit', '8bit', 'binary'])

function readDisposition(headers: ReadonlyMap<string, string>): { name: string; isFile: boolean } | undefined {
  // Go's multipart reader decodes quoted-printable by itself, so its value would differ from the one judged here.
  if (!PLAIN_ENCODINGS.has(headers.get('content-transfer-encoding')?.toLowerCase())) return undefined
  if (/^multipart\//i.test(headers.get('content-type') ?? '')) return undefined
  const parameters = readParameters(headers.get('content-disposition') ?? '')
  const name = parameters?.get('name')
  if (parameters === undefined || name === undefined || name.includes('\\')) return undefined
  return { name, isFile: parameters.has('filename') || parameters.has('filename*') }
}

/**
 * The parameters of a Content-Disposition. The extended forms (RFC 2231 and 5987: `name*=`, `name*0=`) allow several
 * spellings of one name, so only `filename*` is accepted, which names no field.
 */
function readParameters(disposition: string): Map<string, string> | undefined {
  const form = /^form-data(?=[ \t]*;)/i.exec(disposition)
  if (form === null) return undefined
  const parameters = new Map<string, string>()
  // Parsers disagree whether an escaped quote ends the text, so it never matches.
  const parameter = /[ \t]*;[ \t]*(name|filename\*?)=(?:"((?:[^"\\]|\\[^"\\])*)"|([^\s";,\\]+))/iy
  parameter.lastIndex = form[0].length
  while (parameter.lastIndex < disposition.length) {
    const match = parameter.exec(disposition)
    const name = match?.[1]?.toLowerCase()
    if (name === undefined || parameters.has(name)) return undefined
    parameters.set(name, match?.[2] ?? match?.[3] ?? '')
  }
  return parameters
}
