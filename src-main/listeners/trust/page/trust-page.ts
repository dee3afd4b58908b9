import { fingerprintGroups } from '#shared/lan/fingerprint-groups.ts'
import type { TrustFacts } from '../../ports.ts'
import type { OwnHost } from '../own-host.ts'
import { androidSection } from '../systems/android.ts'
import { firefoxSection } from '../systems/firefox.ts'
import { iosSection } from '../systems/ios.ts'
import { linuxSection } from '../systems/linux.ts'
import { macosSection } from '../systems/macos.ts'
import { ordered } from '../systems/recognise.ts'
import type { Section, System } from '../systems/section.ts'
import { windowsSection } from '../systems/windows.ts'
import type { TrustText } from '../text/trust-text.ts'
import { CHECK_SCRIPT } from './check-script.ts'
import { html, Markup } from './html.ts'
import { downloadLink, sectionMarkup } from './section-markup.ts'

export interface Visit {
  readonly text: TrustText
  readonly facts: TrustFacts
  readonly host: OwnHost
  readonly isSecure: boolean
  /** The visitor's own system, and Firefox if it is that. */
  readonly own: readonly System[]
  /** ms since 1970 UTC. */
  readonly time: number
  /** Name and fingerprint of the authority's certificate; undefined if there is none to install. */
  readonly certificate: ShownCertificate | undefined
}

export interface ShownCertificate {
  readonly name: string
  readonly fingerprint: string
}

const SECTIONS: Readonly<Record<System, (text: TrustText, certificate: string) => Section>> = {
  ios: iosSection,
  android: androidSection,
  windows: windowsSection,
  macos: macosSection,
  linux: linuxSection,
  firefox: firefoxSection,
}

/** What the page of a visit contains below its title. */
export function contentOf(visit: Visit): { title: string; content: Markup } {
  const { text, facts, isSecure, certificate } = visit
  const { machine } = facts
  if (facts.tls === 'off')
    return { title: text.off.title, content: html`<p>${text.off.text({ machine })}</p>${next(visit)}` }
  if (isSecure)
    return {
      title: text.trusted.title,
      content: html`<p>${text.trusted.text({ machine })}</p>${next(visit)}${warned(visit)}`,
    }
  if (certificate === undefined)
    return { title: text.files.title, content: html`<p>${text.files.text({ machine })}</p>${byHand(visit)}` }
  return {
    title: text.page.title({ machine }),
    content: html`<p>${text.page.what({ machine })}</p>${check(visit)}${certificateCard(visit, certificate)}${steps(visit, certificate)}`,
  }
}

/** The check has its answer from a script. Without one, the link says the same by opening or by a warning. */
function check({ text, host, time, own }: Visit): Markup {
  const { title, checking, yes, no, reasons, again } = text.check
  const isApple = own.includes('ios') || own.includes('macos')
  const others = [
    ...(isApple ? [reasons.switch] : []),
    reasons.browser,
    reasons.replaced,
    ...(host.isAsked ? [] : [reasons.name({ address: secureUrl(host) })]),
  ]
  return html`<section class="card" id="check" aria-labelledby="check-title" data-address="${secureUrl(host)}/check" data-time="${time}"><h2 id="check-title">${title}</h2><div role="status"><p data-when="checking" hidden>${checking}</p><p class="good" data-when="yes" hidden>${yes}</p><div data-when="no" hidden><p class="warn">${no}</p><details><summary>${reasons.title}</summary><ul><li id="clock" hidden>${reasons.clock}</li>${others.map((reason) => html`<li>${reason}</li>`)}</ul></details></div></div><button class="download plain" type="button" hidden>${again}</button>${byHand({ text, host })}</section><script>${new Markup(CHECK_SCRIPT)}</script>`
}

function byHand({ text, host }: Pick<Visit, 'text' | 'host'>): Markup {
  const url = secureUrl(host)
  return html`<p class="soft">${text.check.byHand}<br><a href="${url}">${url}</a></p>`
}

function certificateCard({ text, facts, own }: Visit, { name, fingerprint }: ShownCertificate): Markup {
  const { title, fingerprint: label, compare, twice, limits } = text.certificate
  return html`<section aria-labelledby="certificate"><h2 id="certificate">${title}</h2><p><b>${name}</b></p>${downloadLink(text, own.includes('ios') ? 'profile' : 'certificate')}<p>${label}</p><code class="print">${groupsOf(fingerprint)}</code><p>${compare({ machine: facts.machine })}</p><p class="soft">${twice} ${limits}</p></section>`
}

function groupsOf(fingerprint: string): readonly Markup[] {
  return fingerprintGroups(fingerprint).map((group) => html`<span>${group}</span> `)
}

function steps({ text, own }: Visit, { name }: ShownCertificate): Markup {
  const sections = ordered(own).map((system) =>
    sectionMarkup(text, SECTIONS[system](text, name), { isOpen: own.includes(system) }),
  )
  return html`<h2>${text.steps.title}</h2>${sections}`
}

function next({ text, host, facts }: Visit): Markup {
  const url = `${facts.tls === 'off' ? 'http' : 'https'}://${host.authority}`
  const { title, address, openai } = text.next
  return html`<h2>${title}</h2><p>${address}</p><pre>${url}</pre><p>${openai}</p><pre>${url}/v1</pre>`
}

/** Somebody who has skipped the browser's warning comes over TLS too. */
function warned({ text, host, facts }: Visit): Markup {
  if (facts.tls !== 'authority') return html``
  return html`<p class="soft">${text.trusted.warned} <a href="http://${host.authority}/trust">${text.trusted.steps}</a></p>`
}

function secureUrl({ authority }: OwnHost): string {
  return `https://${authority}/trust`
}
