import { PATIENCE_MS } from './patience.ts'

export type NamedKey = 'Tab' | 'Enter' | 'Escape' | 'ArrowDown' | 'Control' | 'Shift' | 'a' | 'v'

/** A person's actions in a page, in any browser. */
export interface Hand {
  goTo(url: string): Promise<void>
  /** Runs a function in the page. The function may use only its arguments. */
  run<A extends readonly unknown[], R>(inPage: (...args: A) => R | Promise<R>, ...args: A): Promise<R>
  clickAt(x: number, y: number): Promise<void>
  /** Presses a key while modifier keys are held. */
  press(key: NamedKey, ...held: readonly NamedKey[]): Promise<void>
  type(text: string): Promise<void>
}

type Role = 'button' | 'link' | 'field' | 'radio' | 'menuitem' | 'switch'

const LOOK_MS = 40
/** A click that has not arrived by then has missed. */
const MISSED_MS = 5_000

/**
 * Uses a page like a person, by its visible text. Waits until each element is visible, still and uncovered, then clicks
 * its middle. Names match by their beginning.
 */
export class Person {
  readonly hand: Hand

  constructor(hand: Hand) {
    this.hand = hand
  }

  /** Clicks again if the element has moved away under the pointer, as somebody does who sees that nothing happened. */
  async click(role: Role, name: string): Promise<void> {
    await this.#until(async () => {
      const middle = await this.hand.run(middleOf, role, name)
      if (middle === null) return false
      await this.hand.clickAt(middle.x, middle.y)
      return this.#hasHit()
    }, `${role} “${name}”`)
  }

  /** Replaces what is in a field. */
  async fill(name: string, text: string): Promise<void> {
    await this.click('field', name)
    await this.hand.press('a', 'Control')
    await this.hand.type(text)
  }

  async paste(name: string): Promise<void> {
    await this.click('field', name)
    await this.hand.press('v', 'Control')
  }

  /** Waits until a text is visible. */
  async see(text: string): Promise<void> {
    await this.#until(() => this.hand.run(isSeen, text), `the text “${text}”`)
  }

  /** Waits until a page with this heading has loaded its content. */
  async seePage(heading: string): Promise<void> {
    await this.#until(() => this.hand.run(isPageShown, heading), `the page “${heading}”`)
  }

  /** Presses Tab until an element has the focus. */
  async tabTo(name: string): Promise<void> {
    const seen: string[] = []
    for (let presses = 0; presses < 40; presses += 1) {
      await this.hand.press('Tab')
      const focused = await this.hand.run(nameOfFocused)
      if (focused.startsWith(name)) return
      seen.push(focused)
    }
    throw new Error(`the keyboard does not reach “${name}”, only: ${seen.join(', ')}`)
  }

  /** Waits until a function that runs in the page returns true. */
  async until(inPage: () => boolean, what: string): Promise<void> {
    await this.#until(() => this.hand.run(inPage), what)
  }

  async #hasHit(): Promise<boolean> {
    const deadline = performance.now() + MISSED_MS
    while (await this.hand.run(isClickExpected)) {
      if (performance.now() > deadline) return false
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
    return true
  }

  async #until<T>(look: () => Promise<T | null | false>, what: string): Promise<T> {
    const deadline = performance.now() + PATIENCE_MS
    for (;;) {
      const found = await look()
      if (found !== null && found !== false) return found
      if (performance.now() > deadline) throw new Error(`${what} did not come: ${await this.hand.run(pageText)}`)
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
  }
}

// The functions below run in the page.

/** The middle of the first clickable element with this role and name; null if there is none. */
async function middleOf(role: string, name: string): Promise<{ x: number; y: number } | null> {
  const selectors: Record<string, string> = {
    button: 'button',
    link: 'a[href]',
    field: 'input:not([type=radio], [type=checkbox]), textarea',
    radio: 'input[type=radio]',
    menuitem: '[role=menuitem]',
    switch: 'input[role=switch]',
  }
  const nameOf = (element: Element) =>
    element.getAttribute('aria-label') ?? (element as HTMLInputElement).labels?.[0]?.textContent ?? element.textContent
  const element = [...document.querySelectorAll<HTMLElement>(selectors[role] ?? '')].find(
    (one) => nameOf(one).trim().startsWith(name) && !one.matches(':disabled') && one.getClientRects().length > 0,
  )
  if (element === undefined) return null
  // The visible part of a switch is its track.
  const target =
    role === 'switch' ? (element.parentElement?.querySelector('label, .mantine-Switch-track') ?? element) : element
  target.scrollIntoView({ block: 'center' })
  const before = target.getBoundingClientRect()
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  const { x, y, width, height } = target.getBoundingClientRect()
  if (x !== before.x || y !== before.y) return null
  const middle = { x: x + width / 2, y: y + height / 2 }
  const hit = document.elementFromPoint(middle.x, middle.y)
  const holds = target.contains(hit) || (hit?.closest('label') ?? null) === target.closest('label')
  if (hit === null || !holds) return null
  document.documentElement.dataset['expectsClick'] = ''
  const arrived = () => delete document.documentElement.dataset['expectsClick']
  target.addEventListener('click', arrived, { once: true, capture: true })
  return middle
}

/** Not after the page was replaced, which only a click does. */
function isClickExpected(): boolean {
  return 'expectsClick' in document.documentElement.dataset
}

function isSeen(text: string): boolean {
  const holds = (element: Element) => element.textContent.includes(text)
  const innermost = [...document.body.querySelectorAll('*')].filter(
    (element) => holds(element) && ![...element.children].some(holds),
  )
  return innermost.some((element) => element.checkVisibility({ visibilityProperty: true }))
}

function isPageShown(heading: string): boolean {
  const headings = [...document.querySelectorAll('h1')].filter((element) => element.checkVisibility())
  const isLoading = document.querySelector('[role=status][aria-label^="Loading"]') !== null
  return headings.some(({ textContent }) => textContent === heading) && !isLoading
}

function nameOfFocused(): string {
  const element = document.activeElement
  const label = (element as HTMLInputElement | null)?.labels?.[0]?.textContent
  return (element?.getAttribute('aria-label') ?? label ?? element?.textContent ?? '').trim()
}

function pageText(): string {
  return document.body.innerText.slice(0, 1500)
}
