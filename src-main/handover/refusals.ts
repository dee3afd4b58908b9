import { PersonError } from '#shared/text/person-error.ts'

type Sentence = (parts: Readonly<Record<string, string>>) => string

/** The reasons why Latchkey does not write or undo, by problem code. */
const SENTENCES = {
  handover_no_home: () => 'Latchkey runs without a home folder, so it cannot find the files of apps.',
  handover_no_model: () => 'Latchkey does not know which models there are. Start Ollama, or name a model.',
  handover_unreadable: ({ path }) => `Latchkey cannot read ${path}. Check its permissions.`,
  handover_outside: ({ path }) => `${path} leads out of your home folder. Latchkey changes only files in it.`,
  handover_not_plain: ({ path }) => `${path} is not a plain file. Latchkey does not change it.`,
  handover_not_owned: ({ path }) => `${path} belongs to another user of this computer. Latchkey does not change it.`,
  handover_read_only: ({ path }) => `${path} cannot be changed: the file or its folder is read-only.`,
  handover_too_large: ({ path }) => `${path} has more than 1 MB. Latchkey does not change a file of that size.`,
  handover_no_folder: ({ path }) => `The folder ${path} does not exist. Start the app once, then try again.`,
  handover_not_parsed: ({ path }) => `Latchkey cannot parse ${path}. Correct the file, then try again.`,
  handover_unexpected: ({ path, at }) =>
    `${path} has something unexpected${at === '' ? '' : ` at “${at}”`}, so Latchkey does not change it.`,
  handover_hides: ({ path, other }) =>
    `The app reads ${other} here, and would ignore it once there is ${path}. Move your settings to the new file first.`,
  handover_changed: ({ path }) => `${path} has changed since the plan was shown. Look at it again.`,
  handover_plan_old: () => 'Something has changed since the plan was shown. Look at it again.',
  handover_disk_full: ({ path }) => `${path} could not be written: the disk is full. Nothing has changed.`,
  handover_failed: ({ path }) => `${path} could not be written. Nothing has changed.`,
  handover_key_wrong: () => 'This key cannot be used for the app. Make a new one.',
  handover_not_connected: ({ app }) => `Latchkey has not written a file of ${app}, so there is nothing to undo.`,
  handover_edited: ({ path, backup }) =>
    `${path} has changed since Latchkey wrote it, so it is left as it is. A copy of the earlier file is in ${backup}. Copy it over the file, then undo again.`,
  handover_edited_new: ({ path }) =>
    `${path} has changed since Latchkey created it, so it is left as it is. Delete it yourself, then undo again.`,
  handover_backup_damaged: ({ path, backup }) =>
    `The copy of ${path} in ${backup} is missing or damaged, so Latchkey leaves the file as it is.`,
} as const satisfies Record<string, Sentence>

export type HandoverRefusal = keyof typeof SENTENCES

/** The refusal as an error for the person. PROBLEM_PARTS lists its `parts`. */
export function refusal(
  code: HandoverRefusal,
  parts: Readonly<Record<string, string>> = {},
  cause?: unknown,
): PersonError {
  const sentence: Sentence = SENTENCES[code]
  return new PersonError(code, sentence(parts), { parts, cause })
}
