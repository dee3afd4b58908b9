import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { differences, missingForms } from './compare.ts'
import { emitMessages, emitTypes } from './emit.ts'
import { LANGUAGE_TAGS, MESSAGE_SETS, type MessageSet, readMessageFile, SOURCE } from './message-files.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/**
 * Makes TypeScript modules from the message files. Returns the faults in the files, one sentence each. The modules of a set
 * with faults do not change.
 */
export function generateMessages(root = ROOT): string[] {
  return MESSAGE_SETS.flatMap((set) => generateSet(root, set))
}

/** Makes the modules, and throws if a file has a fault. */
export function generateMessagesOrThrow(): void {
  const faults = generateMessages()
  if (faults.length > 0) throw new Error(faults.join('\n'))
}

function generateSet(root: string, set: MessageSet): string[] {
  const files = LANGUAGE_TAGS.map((language) => readMessageFile(root, set, language))
  const source = files.find(({ language }) => language === SOURCE)
  if (source === undefined) throw new Error(`There is no language ${SOURCE}`)
  const faults = files.flatMap((file) => [...file.faults, ...differences(source, file), ...missingForms(file)])
  if (faults.length > 0) return faults
  const folder = `${root}${set.generated}/`
  mkdirSync(folder, { recursive: true })
  writeIfNew(`${folder}messages.ts`, emitTypes(source.messages))
  for (const { language, messages } of files) writeIfNew(`${folder}${language}.ts`, emitMessages(messages))
  return []
}

/** Writes only changes, so that programs that watch the files do not reload the others. */
function writeIfNew(path: string, text: string): void {
  if (readOrEmpty(path) !== text) writeFileSync(path, text)
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
