import { html, Markup } from '../page/html.ts'
import type { Row, Screen, Target } from './screen.ts'
import { lineCount, textLines, widthOf } from './text-lines.ts'

const WIDTHS = { phone: 280, window: 340 } as const
const MARGIN = 14
/** Above and below the title's lines together. */
const TITLE_PADDING = 25
const LINE_HEIGHT = 19
const ROW_PADDING = 12
const BUTTON_HEIGHT = 34
/** Room for a switch, a circle or an arrow. */
const SIGN_WIDTH = 40

/**
 * Draws a screen as SVG. It is hidden from screen readers, because the step beside it says the same. Colours are classes
 * of the page's style, so that they follow its light and dark.
 */
export function draw(screen: Screen): Markup {
  const width = WIDTHS[screen.frame]
  const title = titleOf(screen, width)
  let y = TITLE_PADDING + lineCount(title.text, title.room) * LINE_HEIGHT
  const rows = screen.rows.map((row) => {
    const drawn = rowAt(row, y, width)
    y += rowHeight(row, width)
    return drawn
  })
  const buttons = (screen.buttons ?? []).map((button) => {
    y += BUTTON_HEIGHT + 8
    return buttonAt(button, { x: MARGIN, y: y - BUTTON_HEIGHT, width: width - 2 * MARGIN })
  })
  const height = y + MARGIN
  return html`<svg class="${screen.frame}" viewBox="0 0 ${width} ${height}" width="${width}" aria-hidden="true" focusable="false">${frame(screen, width, height)}${rows}${buttons}</svg>`
}

function frame(screen: Screen, width: number, height: number): Markup {
  const isPhone = screen.frame === 'phone'
  const dots = [0, 1, 2].map((at) => html`<circle class="edge" cx="${MARGIN + 4 + at * 13}" cy="22" r="4"/>`)
  return html`<rect class="screen" x="1" y="1" width="${width - 2}" height="${height - 2}" rx="${isPhone ? 22 : 8}"/>${isPhone ? [] : dots}${textLines({ ...titleOf(screen, width), y: 27, style: 'title' })}${actionOf(screen, width)}`
}

function titleOf({ frame: kind, title, action }: Screen, width: number): { text: string; x: number; room: number } {
  const x = kind === 'phone' ? MARGIN + 2 : 62
  return { text: title, x, room: width - x - MARGIN - (action === undefined ? 0 : actionWidth(action)) }
}

function actionOf({ action }: Screen, width: number): Markup {
  if (action === undefined) return html``
  return buttonAt(action, { x: width - actionWidth(action) - 4, y: 8, width: actionWidth(action) - 6, height: 28 })
}

function actionWidth({ label }: Target): number {
  return widthOf(label) + 2 * MARGIN
}

function rowAt(row: Row, y: number, width: number): Markup {
  const { kind = 'open', label, isTarget = false } = row
  const height = rowHeight(row, width)
  const isText = kind === 'note' || kind === 'warning'
  const box = isText
    ? []
    : [
        html`<rect class="${isTarget ? 'row target' : 'row'}" x="${MARGIN - 4}" y="${y + 3}" width="${width - 2 * MARGIN + 8}" height="${height - 6}" rx="8"/>`,
      ]
  const x = MARGIN + (kind === 'choice' ? 28 : 6)
  const text = textLines({
    text: label,
    x,
    y: y + ROW_PADDING + 11,
    room: roomFor(row, width),
    style: isText ? kind : 'label',
  })
  return html`${box}${text}${sign(kind, isTarget, y + height / 2, width)}`
}

function sign(kind: Row['kind'], isTarget: boolean, y: number, width: number): Markup {
  const right = width - MARGIN
  if (kind === 'switch')
    return html`<rect class="accent" x="${right - 36}" y="${y - 10}" width="34" height="20" rx="10"/><circle class="knob" cx="${right - 12}" cy="${y}" r="8"/>`
  if (kind === 'choice') {
    const dot = isTarget ? [html`<circle class="accent" cx="${MARGIN + 13}" cy="${y}" r="4"/>`] : []
    return html`<circle class="edge" cx="${MARGIN + 13}" cy="${y}" r="8"/>${dot}`
  }
  if (kind === 'open') return html`<path class="edge" d="M${right - 12} ${y - 5}l5 5l-5 5"/>`
  return html``
}

function buttonAt(
  { label, isTarget = false }: Target,
  { x, y, width, height = BUTTON_HEIGHT }: { x: number; y: number; width: number; height?: number },
): Markup {
  const middle = x + width / 2
  return html`<rect class="${isTarget ? 'button target' : 'button'}" x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/>${textLines({ text: label, x: middle, y: y + height / 2 + 5, room: width, lines: 1, style: 'name' })}`
}

function rowHeight(row: Row, width: number): number {
  return lineCount(row.label, roomFor(row, width)) * LINE_HEIGHT + 2 * ROW_PADDING - 5
}

function roomFor({ kind = 'open' }: Row, width: number): number {
  const isText = kind === 'note' || kind === 'warning'
  return width - 2 * MARGIN - 8 - (isText ? 0 : SIGN_WIDTH)
}
