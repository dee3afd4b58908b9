/** A screen of a system's settings, reduced to what the step needs. */
export interface Screen {
  readonly frame: 'phone' | 'window'
  readonly title: string
  /** A button in the title bar. */
  readonly action?: Target
  readonly rows: readonly Row[]
  /** At the bottom. */
  readonly buttons?: readonly Target[]
}

export interface Target {
  readonly label: string
  /** True for what the person has to touch. */
  readonly isTarget?: boolean
}

export interface Row extends Target {
  /** How the row ends or begins. A `note` is plain text, and `warning` a note in the colour of warnings. */
  readonly kind?: 'open' | 'switch' | 'choice' | 'note' | 'warning'
}
