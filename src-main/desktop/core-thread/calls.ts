import type { AppEvent } from '#shared/console-api/events.ts'
import type { AppState } from '#shared/console-api/state.ts'
import type { Key, KeyPatch } from '#shared/keys/key.ts'
import type { OriginRecord } from '#shared/origins/origin.ts'
import type { PairingChoice } from '#shared/pairing/pairing.ts'
import type { Person } from '#shared/people/person.ts'
import type { Settings, SettingsPatch } from '#shared/settings/settings.ts'
import type { UpdateState } from '#shared/settings/updates.ts'
import type { Problem } from '#shared/text/problem.ts'
import type { SecretName } from '../../base/host.ts'
import type { MenuFacts } from '../tray/menu-facts.ts'
import type { PlainRequest, PlainResponse } from './plain-http.ts'
import type { WireError } from './wire-error.ts'

/** The thread's start parameters. */
export interface CoreStart {
  readonly version: string
  readonly dataDir: string
  readonly logFile: string
  readonly rendererDir: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether the built-in sample replaces Ollama. */
  readonly demo: boolean
  readonly hasLoginItem: boolean
  readonly update: UpdateState
}

/** The part of the core's state that the desktop reads synchronously. */
export interface Snapshot {
  readonly state: AppState
  readonly settings: Settings
}

/** The sites, keys and persons that wait for an answer. */
export interface OpenQuestions {
  readonly origins: readonly OriginRecord[]
  readonly keys: readonly Key[]
  readonly people: readonly Person[]
}

/** Operations of the core that the main thread calls. The audit trail names the tray as the actor of each change. */
export type CoreCalls = {
  /** Opens the gateway's listeners. */
  start(): Promise<void>
  /** Drains the gateway, then closes everything that the thread holds. */
  stop(drainMs: number): Promise<void>
  /** Sends a request to the console's handler. */
  console(request: PlainRequest): Promise<PlainResponse>
  menuFacts(): Promise<MenuFacts>
  openQuestions(): Promise<OpenQuestions>
  decide(origin: string, status: 'allowed' | 'blocked'): Promise<void>
  changeKey(id: string, patch: Pick<KeyPatch, 'enabled' | 'online' | 'app'>): Promise<void>
  /** Lets an app that asks have a key for chats and models, or not. */
  answerPairing(choice: PairingChoice, isAllowed: boolean): Promise<void>
  /** Lets in a person who asked to join, or removes them. Does nothing if somebody else has answered already. */
  answerJoining(personId: string, isAllowed: boolean): Promise<void>
  changeSettings(patch: SettingsPatch): Promise<void>
  diagnostics(): Promise<string>
  /** Counts an error of the main thread in the app's failure count. */
  noteFailure(error: WireError): Promise<void>
  /** The state of the updater has changed. */
  updateChanged(state: UpdateState): Promise<void>
}

/** Operations of the main thread that the core calls because they need Electron. */
export type ShellCalls = {
  /** The core is open and can be started. */
  opened(first: Snapshot): Promise<void>
  /** The core could not be opened. */
  failed(error: WireError): Promise<void>
  /** An event has happened; `now` is the snapshot after it. */
  tell(event: AppEvent, now: Snapshot): Promise<void>
  readSecret(name: SecretName): Promise<string | null>
  writeSecret(name: SecretName, secret: string | null): Promise<void>
  vaultWeakness(name: SecretName): Promise<Problem | null>
  /** Resolves when the file has the new content. */
  writeSettings(settings: Settings): Promise<void>
  isLoginItemOn(): Promise<boolean>
  setLoginItem(on: boolean): Promise<void>
  lookForUpdate(): Promise<void>
  loadUpdate(): Promise<void>
  cancelUpdate(): Promise<void>
  installUpdate(): Promise<void>
  quit(): Promise<void>
}
