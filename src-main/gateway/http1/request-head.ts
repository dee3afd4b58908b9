import type { CallRequest } from '../transport.ts'

// The characters that RFC 9110 section 5.5 allows in a value, and more than a checked target contains. Node's parser has
// already checked both. This last check ensures that no text can add a header line.
const FORBIDDEN = /[^\t\x20-\x7e\x80-\xff]/

/** The head of a request with its blank line, one character per byte. Throws a TypeError for a forbidden character. */
export function requestHead({ method, target, lines, bodyLength }: CallRequest): string {
  let head = `${method} ${allowed(target)} HTTP/1.1\r\n`
  for (let at = 0; at < lines.length; at += 2) head += `${lines[at]}: ${allowed(lines[at + 1] as string)}\r\n`
  if (bodyLength === undefined) return `${head}\r\n`
  return bodyLength === 'chunked'
    ? `${head}transfer-encoding: chunked\r\n\r\n`
    : `${head}content-length: ${bodyLength}\r\n\r\n`
}

function allowed(text: string): string {
  if (FORBIDDEN.test(text)) throw new TypeError('a request to the upstream has a forbidden character')
  return text
}
