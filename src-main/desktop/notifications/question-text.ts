import type { DesktopText } from '../text/choose-text.ts'

export interface QuestionText {
  readonly title: string
  readonly body: string
  /** Empty where a notification has none. */
  readonly buttons: readonly string[]
}

/** `hint`: what is worth knowing before a button is used; empty for nothing. */
export function withButtons(
  platform: NodeJS.Platform,
  { question }: DesktopText,
  { title, body, hint, buttons }: QuestionText & { readonly hint: string },
): QuestionText {
  const hasButtons = platform === 'darwin' || platform === 'win32'
  const more = hasButtons ? hint : question.click
  return { title, body: more === '' ? body : `${body} ${more}`, buttons: hasButtons ? buttons : [] }
}
