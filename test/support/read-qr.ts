import jsQR from 'jsqr'
import type { Locator } from 'playwright'

/** The types of jsqr say that its module is the function; in Node the function is in `default`. */
const decode = (jsQR as unknown as { default: typeof jsQR }).default

const CODE_SIZE = 800
/** Pixels for each module of a code in a terminal. */
const MODULE = 4
const COLOURS = '\x1b[30;107m'
const RESET = '\x1b[0m'

/** Draws the code as the page shows it, and reads it as a camera does. */
export async function readCode(code: Locator): Promise<string> {
  const dark = await code.evaluate(async (svg, size) => {
    const image = new Image(size, size)
    image.src = `data:image/svg+xml;utf8,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`
    await image.decode()
    const canvas = Object.assign(document.createElement('canvas'), { width: size, height: size })
    const context = canvas.getContext('2d') as CanvasRenderingContext2D
    context.drawImage(image, 0, 0, size, size)
    const { data } = context.getImageData(0, 0, size, size)
    let pixels = ''
    for (let at = 0; at < data.length; at += 4) pixels += (data[at] ?? 0) < 128 ? '1' : '0'
    return pixels
  }, CODE_SIZE)
  return read(dark, CODE_SIZE)
}

/** Reads a code that a command has printed: half blocks, in black on white. */
export function readTerminalCode(printed: string): string {
  const lines = printed
    .split('\n')
    .filter((line) => line.startsWith(COLOURS) && line.endsWith(RESET))
    .map((line) => line.slice(COLOURS.length, -RESET.length))
  const rows = lines.flatMap((line) => [rowOf(line, '█▀'), rowOf(line, '█▄')])
  const size = (rows[0]?.length ?? 0) * MODULE
  const wide = rows.map((row) => Array.from(row, (module) => module.repeat(MODULE)).join(''))
  const pixels = wide.flatMap((row) => Array.from({ length: MODULE }, () => row)).join('')
  return read(pixels.slice(0, size * size), size)
}

function rowOf(line: string, dark: string): string {
  return Array.from(line, (character) => (dark.includes(character) ? '1' : '0')).join('')
}

/** `dark`: `1` for each dark pixel of a square. */
function read(dark: string, size: number): string {
  const pixels = Uint8ClampedArray.from(
    Array.from(dark).flatMap((pixel) => (pixel === '1' ? [0, 0, 0, 255] : [255, 255, 255, 255])),
  )
  const found = decode(pixels, size, size)
  if (found === null) throw new Error('no code can be read')
  return found.data
}
