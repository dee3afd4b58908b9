import type { Markup } from '../page/html.ts'
import type { Screen } from '../pictures/screen.ts'

export const SYSTEMS = ['ios', 'android', 'windows', 'macos', 'linux', 'firefox'] as const
/** Firefox is one of them, because it keeps a list of its own. */
export type System = (typeof SYSTEMS)[number]

/** How to trust the certificate on one system. */
export interface Section {
  readonly title: string
  /** True if the steps follow one another, false if each is for another program or device. */
  readonly isOrdered: boolean
  readonly steps: readonly Step[]
  readonly notes: readonly Note[]
}

export interface Step {
  readonly text: Markup
  readonly picture?: Screen
  readonly download?: Download
  readonly commands?: readonly string[]
}

export interface Note {
  readonly text: Markup
  readonly commands?: readonly string[]
}

export type Download = 'certificate' | 'profile' | 'pem'

/** The downloaded file's name, which no language changes. */
export const FILE = 'latchkey.crt'
