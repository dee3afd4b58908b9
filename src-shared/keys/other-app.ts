import type { Key } from './key.ts'

/** Stands for the other app's name where it sends none. */
export const NAMELESS_APP = 'other'

/** True if another app used a key that was made for one app, and the person has not decided about it. */
export function asksAboutOtherApp({ otherApp, onlyItsApp }: Pick<Key, 'otherApp' | 'onlyItsApp'>): boolean {
  return otherApp !== null && !onlyItsApp
}
