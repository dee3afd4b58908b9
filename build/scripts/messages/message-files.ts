import { readFileSync } from 'node:fs'
import { LANGUAGES, type Language } from '#shared/settings/languages.ts'
import { type Message, parseMessage } from './parse-message.ts'

/** A folder with one message file per language, and the folder for the modules made from them. */
export interface MessageSet {
  readonly messages: string
  readonly generated: string
}

/** The app loads each set separately: an English console does not need `problems`, because the core speaks English. */
export const MESSAGE_SETS: readonly MessageSet[] = [
  { messages: 'src-renderer/text/messages/console', generated: 'src-renderer/text/generated/console' },
  { messages: 'src-renderer/text/messages/problems', generated: 'src-renderer/text/generated/problems' },
  { messages: 'src-main/desktop/text/messages', generated: 'src-main/desktop/text/generated' },
  { messages: 'src-main/pairing/text/messages', generated: 'src-main/pairing/text/generated' },
  { messages: 'src-main/listeners/trust/text/messages', generated: 'src-main/listeners/trust/text/generated' },
  { messages: 'src-renderer/text/messages/devices', generated: 'src-renderer/text/generated/devices' },
  { messages: 'src-renderer/text/messages/people', generated: 'src-renderer/text/generated/people' },
]

/** The language in which messages are written first. Every other language must have the same messages. */
export const SOURCE: Language = 'en'
export const LANGUAGE_TAGS = Object.keys(LANGUAGES) as Language[]

export interface MessageFile {
  readonly path: string
  readonly language: Language
  readonly messages: ReadonlyMap<string, Message>
  /** One sentence each. No module is made from a file with a fault. */
  readonly faults: readonly string[]
}

/**
 * Reads one language of a set: flat JSON by the rules of ARB (https://github.com/google/app-resource-bundle), so each
 * entry is an ICU message, `@@locale` is the language, and `@name` describes the message `name` to translators.
 */
export function readMessageFile(root: string, set: MessageSet, language: Language): MessageFile {
  const path = `${set.messages}/${language}.json`
  const messages = new Map<string, Message>()
  const faults: string[] = []
  const fault = (words: string) => faults.push(`${path}: ${words}`)
  const text = readFileSync(`${root}${path}`, 'utf8')
  const entries = JSON.parse(text) as Record<string, unknown>
  // JSON.parse silently keeps the last of two equal names.
  if (text !== `${JSON.stringify(entries, null, 2)}\n`)
    fault('is not as JSON.stringify writes it, with two spaces: a name is there twice, or the layout differs')
  if (entries['@@locale'] !== language) fault(`"@@locale" must be "${language}"`)
  for (const [name, entry] of Object.entries(entries)) {
    if (name.startsWith('@')) {
      if (!name.startsWith('@@') && typeof entries[name.slice(1)] !== 'string') fault(`${name} describes no message`)
    } else if (typeof entry !== 'string' || entry === '') fault(`${name} must be a text`)
    else {
      const parsed = parseMessage(entry)
      if (typeof parsed === 'string') fault(`${name}: ${parsed}`)
      else messages.set(name, parsed)
    }
  }
  return { path, language, messages, faults }
}
