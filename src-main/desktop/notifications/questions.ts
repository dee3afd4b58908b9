import type { Key } from '#shared/keys/key.ts'
import { asksToGoOnline } from '#shared/keys/online.ts'
import { asksAboutOtherApp } from '#shared/keys/other-app.ts'
import { isExtension, type OriginRecord } from '#shared/origins/origin.ts'
import type { PairingChoice, PairingRequest } from '#shared/pairing/pairing.ts'
import { isWaiting, type Person } from '#shared/people/person.ts'
import type { DesktopText } from '../text/choose-text.ts'
import { keyName, originName, personName } from './origin-name.ts'
import { otherAppWords } from './other-app-words.ts'
import { pairingNotificationFor } from './pairing-question.ts'
import { type QuestionText, withButtons } from './question-text.ts'

/**
 * The text of the notification about an origin. Electron supports buttons on macOS and Windows; elsewhere a click opens
 * the question.
 */
export function notificationFor(question: OriginRecord, platform: NodeJS.Platform, text: DesktopText): QuestionText {
  const { wish, allow, block, blockHint } = text.question
  return withButtons(platform, text, {
    title: text.question.title({ site: originName(question, text) }),
    body: wish,
    hint: isExtension(question.origin) ? blockHint : '',
    buttons: [allow, block],
  })
}

/** The text of the notification about a key that wanted to use a cloud model or a web tool. */
export function onlineNotificationFor(key: Key, platform: NodeJS.Platform, text: DesktopText): QuestionText {
  const { wish, allow, keepHere } = text.online
  return withButtons(platform, text, {
    title: onlineTitle(key, text),
    body: wish,
    hint: '',
    buttons: [allow, keepHere],
  })
}

export function onlineTitle(key: Key, text: DesktopText): string {
  return text.online[key.onlineQuestion === 'web' ? 'web' : 'model']({ key: keyName(key) })
}

/** The text of the notification about a key that another app than its own used. */
export function otherAppNotificationFor(key: Key, platform: NodeJS.Platform, text: DesktopText): QuestionText {
  const { title, wish, allowAny, onlyIts } = otherAppWords(key, text)
  return withButtons(platform, text, { title, body: wish, hint: '', buttons: [allowAny, onlyIts] })
}

/** The text of the notification about a person who asked to join. */
export function joinNotificationFor(person: Person, platform: NodeJS.Platform, text: DesktopText): QuestionText {
  const { title, wish, allow, decline } = text.joining
  return withButtons(platform, text, {
    title: title({ name: personName(person) }),
    body: wish,
    hint: '',
    buttons: [allow, decline],
  })
}

export interface QuestionHandlers {
  onClick(): void
  /** The index of the button. */
  onButton(index: number): void
  onClose(): void
}

export interface QuestionPorts {
  readonly platform: NodeJS.Platform
  /** The texts in the language that is chosen now. */
  text(): DesktopText
  /** Shows a notification; returns a function that removes it. */
  show(text: QuestionText, handlers: QuestionHandlers): () => void
  openSites(): void
  openKeys(): void
  decide(origin: string, status: 'allowed' | 'blocked'): void
  setOnline(keyId: string, online: boolean): void
  setApp(keyId: string, app: Key['app']): void
  openPeople(): void
  answerJoining(personId: string, isAllowed: boolean): void
  openHome(): void
  answerPairing(choice: PairingChoice, isAllowed: boolean): void
}

export interface Questions {
  ask(question: OriginRecord): void
  askOnline(key: Key): void
  askOtherApp(key: Key): void
  askJoining(person: Person): void
  askPairing(request: PairingRequest): void
  /** Removes the notifications of origins that are no longer pending. */
  settle(origins: readonly OriginRecord[]): void
  /** Removes the notifications of keys that no longer wait for an answer. */
  settleKeys(keys: readonly Key[]): void
  /** Removes the notifications of persons who no longer wait for an answer. */
  settlePeople(people: readonly Person[]): void
  /** Removes the notifications of apps that no longer wait for an answer. */
  settlePairing(id: string): void
}

/** Asks about each pending origin, key and person with one notification, never with two. */
export function createQuestions(ports: QuestionPorts): Questions {
  const { platform, text, show } = ports
  const origins = new Notifications(show)
  const online = new Notifications(show)
  const otherApps = new Notifications(show)
  const joining = new Notifications(show)
  const pairings = new Notifications(show)
  return {
    ask(question) {
      if (question.status !== 'pending') return
      origins.ask(question.origin, () => notificationFor(question, platform, text()), {
        onClick: () => ports.openSites(),
        onButton: (index) => ports.decide(question.origin, index === 0 ? 'allowed' : 'blocked'),
      })
    },
    askOnline(key) {
      if (!asksToGoOnline(key)) return
      online.ask(key.id, () => onlineNotificationFor(key, platform, text()), {
        onClick: () => ports.openKeys(),
        onButton: (index) => ports.setOnline(key.id, index === 0),
      })
    },
    askOtherApp(key) {
      if (!asksAboutOtherApp(key)) return
      otherApps.ask(key.id, () => otherAppNotificationFor(key, platform, text()), {
        onClick: () => ports.openKeys(),
        onButton: (index) => ports.setApp(key.id, index === 0 ? null : key.app),
      })
    },
    settle: (all) => origins.keepOnly(all.filter(({ status }) => status === 'pending').map(({ origin }) => origin)),
    settleKeys(all) {
      online.keepOnly(all.filter(asksToGoOnline).map(({ id }) => id))
      otherApps.keepOnly(all.filter(asksAboutOtherApp).map(({ id }) => id))
    },
    askJoining(person) {
      if (!isWaiting(person)) return
      joining.ask(person.id, () => joinNotificationFor(person, platform, text()), {
        onClick: () => ports.openPeople(),
        onButton: (index) => ports.answerJoining(person.id, index === 0),
      })
    },
    settlePeople: (all) => joining.keepOnly(all.filter(isWaiting).map(({ id }) => id)),
    askPairing(request) {
      pairings.ask(request.id, () => pairingNotificationFor(request, platform, text()), {
        onClick: () => ports.openHome(),
        onButton: (index) => ports.answerPairing(request, index === 0),
      })
    },
    settlePairing: (id) => pairings.drop(id),
  }
}

/** Keeps one notification for each open question. */
class Notifications {
  readonly #show: QuestionPorts['show']
  readonly #asked = new Map<string, { takeAway: () => void }>()

  constructor(show: QuestionPorts['show']) {
    this.#show = show
  }

  ask(about: string, text: () => QuestionText, handlers: Omit<QuestionHandlers, 'onClose'>): void {
    if (this.#asked.has(about)) return
    // A dismissed notification decides nothing. Its entry stays, so that the same question is not shown again.
    const one = { takeAway: nothingToTakeAway }
    this.#asked.set(about, one)
    one.takeAway = this.#show(text(), {
      ...handlers,
      onClose: () => {
        one.takeAway = nothingToTakeAway
      },
    })
  }

  keepOnly(open: readonly string[]): void {
    const waiting = new Set(open)
    for (const about of this.#asked.keys()) if (!waiting.has(about)) this.drop(about)
  }

  drop(about: string): void {
    const one = this.#asked.get(about)
    this.#asked.delete(about)
    one?.takeAway()
  }
}

function nothingToTakeAway(): void {}
