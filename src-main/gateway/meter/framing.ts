import type { JsonWatch } from './json-watch.ts'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const DATA = Buffer.from('data:')

/** Feeds a body that is one JSON value. */
export function watchWhole(watch: JsonWatch): (chunk: Buffer) => void {
  return (chunk) => watch.write(chunk, 0, chunk.length)
}

/** Feeds newline-delimited JSON: a damaged line loses itself only. */
export function watchLines(watch: JsonWatch): (chunk: Buffer) => void {
  return (chunk) => {
    let at = 0
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, at)) {
      watch.write(chunk, at, end)
      watch.reset()
      at = end + 1
    }
    watch.write(chunk, at, chunk.length)
  }
}

/** Feeds the `data:` lines of server-sent events; a blank line ends an event (WHATWG HTML, section 9.2). */
export function watchEvents(watch: JsonWatch): (chunk: Buffer) => void {
  /** How much of `data:` the line has matched so far; -1 on a line of another kind. */
  let matched = 0
  return (chunk) => {
    let at = 0
    while (at < chunk.length) {
      if (matched >= 0 && matched < DATA.length) {
        const byte = chunk[at++] as number
        if (byte === DATA[matched]) matched++
        else if (byte === LINE_FEED) {
          if (matched === 0) watch.reset()
          matched = 0
        } else if (byte !== CARRIAGE_RETURN) matched = -1
        continue
      }
      const lineFeed = chunk.indexOf(LINE_FEED, at)
      const end = lineFeed < 0 ? chunk.length : lineFeed
      // The space after the colon is white space to JSON, too.
      if (matched > 0) watch.write(chunk, at, end)
      if (lineFeed >= 0) matched = 0
      at = end + 1
    }
  }
}
