import type { JsonWatch } from './json-watch.ts'
import { LineEnds } from './line-ends.ts'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const DATA = Buffer.from('data:')

/** Feeds a body with a single JSON value. */
export function watchWhole(watch: JsonWatch): (chunk: Buffer) => void {
  return (chunk) => watch.write(chunk, 0, chunk.length)
}

/** Feeds newline-delimited JSON. A damaged line affects only itself. */
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
  /** The number of characters of `data:` matched so far; -1 in a line of another kind. */
  let matched = 0
  let afterReturn = false
  return (chunk) => {
    const lines = new LineEnds(chunk)
    let at = afterReturn && chunk[0] === LINE_FEED ? 1 : 0
    while (at < chunk.length) {
      if (matched >= 0 && matched < DATA.length && chunk[at] === DATA[matched]) {
        matched++
        at++
        continue
      }
      const end = lines.next(at)
      if (matched < DATA.length && end > at) matched = -1
      // The space after the colon is also white space in JSON.
      if (matched === DATA.length) watch.write(chunk, at, end)
      if (end === chunk.length) break
      if (matched === 0) watch.reset()
      matched = 0
      at = chunk[end] === CARRIAGE_RETURN && chunk[end + 1] === LINE_FEED ? end + 2 : end + 1
    }
    if (chunk.length > 0) afterReturn = chunk[chunk.length - 1] === CARRIAGE_RETURN
  }
}
