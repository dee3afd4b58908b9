import { draw } from '../pictures/draw.ts'
import type { Download, Note, Section, Step } from '../systems/section.ts'
import type { TrustText } from '../text/trust-text.ts'
import { html, type Markup } from './html.ts'

const FILES: Readonly<Record<Download, string>> = {
  certificate: 'latchkey.crt',
  profile: 'latchkey.mobileconfig',
  pem: 'latchkey.pem',
}

export function sectionMarkup(text: TrustText, section: Section, { isOpen }: { isOpen: boolean }): Markup {
  const { title, isOrdered, steps, notes } = section
  const items = steps.map((step) => html`<li>${stepMarkup(text, step)}</li>`)
  const list = isOrdered ? html`<ol>${items}</ol>` : html`<ul>${items}</ul>`
  const opened = isOpen ? html` open` : html``
  return html`<details${opened}><summary><h3>${title}</h3></summary>${list}${notes.map(noteMarkup)}</details>`
}

export function downloadLink(text: TrustText, download: Download): Markup {
  return html`<p><a class="download" href="/trust/${FILES[download]}">${text.certificate[downloadName(download)]}</a></p>`
}

function stepMarkup(text: TrustText, { text: words, download, commands = [], picture }: Step): Markup {
  const link = download === undefined ? html`` : downloadLink(text, download)
  const drawn = picture === undefined ? html`` : draw(picture)
  return html`<p>${words}</p>${link}${commandsMarkup(commands)}${drawn}`
}

function noteMarkup({ text, commands = [] }: Note): Markup {
  return html`<p class="soft">${text}</p>${commandsMarkup(commands)}`
}

function commandsMarkup(commands: readonly string[]): Markup {
  return commands.length === 0 ? html`` : html`<pre>${commands.join('\n')}</pre>`
}

function downloadName(download: Download): 'download' | 'profile' | 'pem' {
  return download === 'certificate' ? 'download' : download
}
