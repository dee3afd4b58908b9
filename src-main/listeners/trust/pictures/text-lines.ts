import { html, type Markup } from '../page/html.ts'

/** Pixels of a character of 15 px. SVG does not wrap text, so lines are broken by this, with some room to spare. */
const CHARACTER_WIDTH = 8.3
const SOFT_HYPHEN = '\u00ad'
const LINE_HEIGHT = 19
const MOST_LINES = 4

interface Lines {
  readonly text: string
  readonly x: number
  /** The base of the first line. */
  readonly y: number
  /** Pixels from side to side. */
  readonly room: number
  readonly lines?: number
  /** A class of the page's style. */
  readonly style: string
}

export function textLines({ text, x, y, room, lines = MOST_LINES, style }: Lines): Markup {
  const spans = broken(text, room, lines).map(
    (line, at) => html`<tspan x="${x}" y="${y + at * LINE_HEIGHT}">${line}</tspan>`,
  )
  return html`<text class="${style}">${spans}</text>`
}

export function lineCount(text: string, room: number): number {
  return broken(text, room, MOST_LINES).length
}

export function widthOf(text: string): number {
  return text.length * CHARACTER_WIDTH
}

function broken(text: string, room: number, most: number): string[] {
  const characters = Math.max(4, Math.floor(room / CHARACTER_WIDTH))
  const lines: string[] = ['']
  for (const word of text.split(' ').flatMap((one) => partsOf(one, characters))) {
    const line = lines.at(-1) ?? ''
    const longer = line === '' ? word : `${line} ${word}`
    if (longer.length <= characters || line === '') lines[lines.length - 1] = longer
    else lines.push(word)
  }
  const kept = lines.slice(0, most).map((line) => shortened(line, characters))
  return lines.length > most ? [...kept.slice(0, -1), shortened(`${kept.at(-1)} …`, characters)] : kept
}

/** A word that is too long for a line is divided where its language allows it: at a soft hyphen of the message. */
function partsOf(word: string, characters: number): string[] {
  if (word.replaceAll(SOFT_HYPHEN, '').length <= characters) return [word.replaceAll(SOFT_HYPHEN, '')]
  const syllables = word.split(SOFT_HYPHEN)
  const parts: string[] = []
  for (const syllable of syllables) {
    const last = parts.at(-1)
    if (last !== undefined && last.length + syllable.length < characters) parts[parts.length - 1] = last + syllable
    else parts.push(syllable)
  }
  return parts.map((part, at) => (at < parts.length - 1 ? `${part}-` : part))
}

function shortened(line: string, characters: number): string {
  return line.length <= characters ? line : `${line.slice(0, characters - 1).trimEnd()}…`
}
