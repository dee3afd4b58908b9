import type { Exchange } from '#shared/gateway/exchange.ts'
import type { Key } from '#shared/keys/key.ts'
import type { OriginRecord } from '#shared/origins/origin.ts'

/** The action of a button that fixes the cause of a refusal. */
export type RemedyAction =
  /** `perform` resolves to the reason why apps are still refused, or to null if they can try again. */
  | { kind: 'perform'; label: string; perform: () => Promise<string | null> }
  | { kind: 'copy'; label: string; what: string; value: string }
  | { kind: 'open'; label: string; href: string }
  /** The change has been made since the refusal. */
  | { kind: 'done' }

export interface RemedyContext {
  /** The refused exchange; null if the fault stops every app. */
  readonly exchange: Exchange | null
  /** The app's key; undefined if it is unknown or deleted. */
  readonly key: Key | undefined
  readonly origins: readonly OriginRecord[]
  readonly paused: boolean
  /** The address for the app; it can contain the secret. */
  readonly address: string
  /** The key's secret while the page still shows it. Another page would lose it. */
  readonly secret: string | null
}
