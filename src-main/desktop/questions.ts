import { isExtension, type OriginRecord } from '#shared/origin.ts'
import { originName } from './origin-name.ts'
import type { DesktopText } from './text/english.ts'

export interface QuestionText {
  readonly title: string
  readonly body: string
  /** Empty where a notification has none. */
  readonly buttons: readonly string[]
}

/** What a notification says. Electron has buttons on macOS and Windows; elsewhere a click opens the question. */
export function notificationFor(question: OriginRecord, platform: NodeJS.Platform, text: DesktopText): QuestionText {
  const { wish, click, allow, block, blockHint } = text.question
  const title = text.question.title(originName(question, text))
  if (platform === 'darwin' || platform === 'win32') {
    const body = isExtension(question.origin) ? `${wish} ${blockHint}` : wish
    return { title, body, buttons: [allow, block] }
  }
  return { title, body: `${wish} ${click}`, buttons: [] }
}

export interface QuestionHandlers {
  onClick(): void
  /** The index of the button. */
  onButton(index: number): void
  onClose(): void
}

export interface QuestionPorts {
  readonly platform: NodeJS.Platform
  /** In the language that is chosen now. */
  text(): DesktopText
  /** Shows a notification; returns the call that takes it away. */
  show(text: QuestionText, handlers: QuestionHandlers): () => void
  openSites(): void
  decide(origin: string, status: 'allowed' | 'blocked'): void
}

export interface Questions {
  ask(question: OriginRecord): void
  /** Takes away the notifications of origins that are no longer pending. */
  settle(origins: readonly OriginRecord[]): void
}

/** Asks about each pending origin with one notification, and never with two. */
export function createQuestions(ports: QuestionPorts): Questions {
  const asked = new Map<string, { takeAway: () => void }>()
  const show = (question: OriginRecord) => {
    // Waved away is not decided: the origin stays among those asked about, so that it is not asked about again.
    const one = { takeAway: nothingToTakeAway }
    asked.set(question.origin, one)
    one.takeAway = ports.show(notificationFor(question, ports.platform, ports.text()), {
      onClick: () => ports.openSites(),
      onButton: (index) => ports.decide(question.origin, index === 0 ? 'allowed' : 'blocked'),
      onClose: () => {
        one.takeAway = nothingToTakeAway
      },
    })
  }
  return {
    ask(question) {
      if (question.status === 'pending' && !asked.has(question.origin)) show(question)
    },
    settle(origins) {
      const pending = new Set(origins.filter((origin) => origin.status === 'pending').map((origin) => origin.origin))
      for (const [origin, one] of asked) {
        if (pending.has(origin)) continue
        asked.delete(origin)
        one.takeAway()
      }
    },
  }
}

function nothingToTakeAway(): void {}
