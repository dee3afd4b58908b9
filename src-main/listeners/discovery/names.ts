/** RFC 1035: bytes of a label. */
const LONGEST_LABEL = 63

/**
 * The name that people see, as one label: `Latchkey on box`; numbered after a conflict, as RFC 6763 suggests: `Latchkey
 * on box (2)`.
 */
export function numberedInstance(name: string, number: number): string {
  const suffix = number === 1 ? '' : ` (${number})`
  // A dot would begin another label for the library.
  const visible = name
    .replace(/[\p{C}.]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return shortened(visible, LONGEST_LABEL - suffix.length) + suffix
}

/** The computer's name in multicast DNS: `box.local`; numbered after a conflict, as other responders do: `box-2.local`. */
export function numberedHost(host: string, number: number): string {
  const suffix = number === 1 ? '' : `-${number}`
  const [label = ''] = host.toLowerCase().split('.', 1)
  const plain = label
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, LONGEST_LABEL - suffix.length)
    .replace(/^-+|-+$/g, '')
  return `${plain === '' ? 'latchkey' : plain}${suffix}.local`
}

/** Cuts at a character's boundary, so that the name stays valid UTF-8. */
function shortened(text: string, mostBytes: number): string {
  let short = ''
  for (const character of text) {
    if (Buffer.byteLength(short + character) > mostBytes) break
    short += character
  }
  return short.trimEnd()
}
