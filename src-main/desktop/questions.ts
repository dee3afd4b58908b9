import type { OriginRecord } from '#shared/origin.ts'
import { originName } from './origin-name.ts'

/** What a notification says. Its buttons show where the system has them (macOS, Windows). */
export interface QuestionText {
  readonly title: string
  readonly body: string
  readonly buttons: readonly ['Allow', 'Block']
}

export function notificationFor(question: OriginRecord): QuestionText {
  return {
    title: `Let ${originName(question)} in?`,
    body: 'It has a valid key and wants to use Ollama through Latchkey.',
    buttons: ['Allow', 'Block'],
  }
}

export interface QuestionHandlers {
  onClick(): void
  /** The index of the button. */
  onButton(index: number): void
  onClose(): void
}

export interface QuestionPorts {
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
  const asked = new Map<string, () => void>()
  const handlersOf = (origin: string): QuestionHandlers => ({
    onClick: () => ports.openSites(),
    onButton: (index) => ports.decide(origin, index === 0 ? 'allowed' : 'blocked'),
    // Waved away is not decided: the origin stays in the map, so that it is not asked about again.
    onClose: () => asked.set(origin, nothingToTakeAway),
  })
  return {
    ask(question) {
      if (question.status !== 'pending' || asked.has(question.origin)) return
      asked.set(question.origin, nothingToTakeAway)
      asked.set(question.origin, ports.show(notificationFor(question), handlersOf(question.origin)))
    },
    settle(origins) {
      const pending = new Set(origins.filter((origin) => origin.status === 'pending').map((origin) => origin.origin))
      for (const [origin, takeAway] of asked) {
        if (pending.has(origin)) continue
        asked.delete(origin)
        takeAway()
      }
    },
  }
}

function nothingToTakeAway(): void {}
