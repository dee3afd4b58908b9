import type { NewerVersion, UpdateFailure } from '#shared/settings/updates.ts'
import type { DesktopText } from '../text/choose-text.ts'

/** News about updates that a notification shows. */
export type UpdateNews =
  | { readonly kind: 'current' }
  | { readonly kind: 'found'; readonly newer: NewerVersion }
  | { readonly kind: 'ready'; readonly newer: NewerVersion }
  | { readonly kind: 'look_failed' | 'load_failed'; readonly failure: UpdateFailure }
  | { readonly kind: 'place_failed' }

/** Returns the title and the body of the notification. */
export function wordsOfNews(news: UpdateNews, { updates }: DesktopText, ownVersion: string): [string, string] {
  switch (news.kind) {
    case 'current':
      return [updates.currentTitle, updates.currentBody({ version: ownVersion })]
    case 'found':
      return [updates.foundTitle({ version: news.newer.version }), updates.foundBody]
    case 'ready':
      return [updates.readyTitle({ version: news.newer.version }), updates.readyBody]
    case 'look_failed':
      return [updates.lookFailedTitle, updates[news.failure]]
    case 'load_failed':
      return [updates.loadFailedTitle, updates[news.failure]]
    case 'place_failed':
      return [updates.placeFailedTitle, updates.placeFailedBody]
  }
}
