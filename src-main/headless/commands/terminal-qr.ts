import { encode } from 'uqr'

const WHITE = '\x1b[30;107m'
const RESET = '\x1b[0m'

/** A QR code as lines of text. Two rows of it share a line, because a character is twice as high as wide. */
export function terminalQr(value: string): string {
  // The standard wants four light modules around it (ISO/IEC 18004, 6.3.8).
  const { data, size } = encode(value, { ecc: 'L', border: 4 })
  const isDark = (x: number, y: number) => data[y]?.[x] === true
  const lines = Array.from({ length: Math.ceil(size / 2) }, (_, line) =>
    Array.from({ length: size }, (_column, x) => halves(isDark(x, 2 * line), isDark(x, 2 * line + 1))).join(''),
  )
  // Black on white whatever the terminal's colours are, because some cameras do not read it the other way round.
  return lines.map((line) => `${WHITE}${line}${RESET}`).join('\n')
}

function halves(upper: boolean, lower: boolean): string {
  if (upper) return lower ? '█' : '▀'
  return lower ? '▄' : ' '
}
