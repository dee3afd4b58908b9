import type { LinkAppId } from '#shared/keys/link-apps.ts'
import type { Scope } from '#shared/keys/scopes.ts'
import type { Step } from './step.ts'

/**
 * How an app wants its address: the gateway's own (`base`), OpenAI's (`v1`, `v1-chat`), or, for apps without a field
 * for a key, with the key as a path prefix or as a host label.
 */
export type AddressForm = 'base' | 'v1' | 'v1-chat' | 'key-in-path' | 'key-in-host'

export type AppKind =
  | 'extension'
  | 'browser'
  | 'mail'
  | 'chat'
  | 'web'
  | 'notes'
  | 'launcher'
  | 'editor'
  | 'terminal'
  | 'library'
  | 'home'
  | 'other'

/**
 * How the key gets into the app: by the app's own link, by a file that it reads, by a few lines of a program, or by
 * steps in its settings.
 */
export type Handover = 'link' | 'file' | 'code' | 'steps'

/** How it is known that the steps are right. */
export type Verified =
  /** A test takes the fields, files or variables from the row and uses the app with them. */
  | { readonly by: 'test'; readonly test: string }
  /** Somebody followed the steps to the letter in the app, built from its source. */
  | { readonly by: 'built' }
  /** The words of the steps were read in the app's source. */
  | { readonly by: 'source' }
  /** The app is closed: the words were read in its maker's documentation, or in the source of what it works with. */
  | { readonly by: 'documentation' }

export interface Recipe {
  /** The app's name, which is not translated. */
  readonly name: string
  /** Other words that people look for it by. */
  readonly aliases: readonly string[]
  readonly kind: AppKind
  readonly address: AddressForm
  readonly scopes: readonly Scope[]
  readonly handover: Handover
  /** For `handover: 'link'`: its row in `LINK_APPS`. */
  readonly link?: LinkAppId
  readonly steps: readonly Step[]
  /** Where the steps were read: a repository with a file, or the maker's page. */
  readonly source: string
  /** The version that they were read in, or the commit or day where the source has none. */
  readonly version: string
  readonly verified: Verified
}
