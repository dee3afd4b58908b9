import { fileURLToPath } from 'node:url'
import { IntlMessageFormat } from 'intl-messageformat'
import { describe, expect, it } from 'vitest'
import type { Language } from '#shared/settings/languages.ts'
import { type Icu, icuFor } from '#shared/text/icu.ts'
import {
  LANGUAGE_TAGS,
  MESSAGE_SETS,
  type MessageSet,
  readMessageFile,
} from '../../../build/scripts/messages/message-files.ts'
import type { Message } from '../../../build/scripts/messages/parse-message.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
/** Each form of each language has one of them, Spanish and French `many` too. */
const COUNTS = [0, 1, 2, 5, 11, 21, 365, 1234, 1_000_000]

const files = MESSAGE_SETS.flatMap((set) =>
  LANGUAGE_TAGS.map((language) => ({ set, language, name: `${set.messages}/${language}.json` })),
)

describe.each(files)('$name', ({ set, language }) => {
  const { messages } = readMessageFile(ROOT, set, language)

  it('says the same as the library does, whatever it is given', async () => {
    const made = await madeOf(set, language)
    let texts = 0
    for (const [name, message] of messages) {
      const library = new IntlMessageFormat([...message.elements], language)
      const ours = valueAt(made, name)
      for (const given of samplesFor(message)) {
        const text = typeof ours === 'string' ? ours : (ours as (given: object) => string)(given)
        expect(text, name).toBe(library.format(given))
        texts++
      }
    }
    expect(texts).toBeGreaterThanOrEqual(messages.size)
  })

  it('has quotes and spaces as the language writes them', () => {
    const wrong = [...messages].filter(([, { source }]) => WRONG[language].test(source))
    expect(wrong.map(([name]) => name)).toEqual([])
  })

  if (language === 'en') return

  it('leaves no sentence in English', () => {
    const english = readMessageFile(ROOT, set, 'en').messages
    const same = [...messages].filter(
      // One word or two can be the same, or a name.
      ([name, { source }]) => source === english.get(name)?.source && /\p{L}+ \p{L}+ \p{L}+/u.test(source),
    )
    expect(same.map(([name]) => name)).toEqual([])
  })
})

/** Marks that a language does not use, or uses with other spaces. */
const WRONG: Readonly<Record<Language, RegExp>> = {
  en: /[«»„]| [;:!?]/,
  de: /[«»”]| [;:!?]/,
  // At an ordinary space a line could end before the mark.
  fr: /[“”„]| [;:!?»]|[\p{L}\d)][;!?]|\p{L}: |[^\u00a0]»|«[^\u00a0]/u,
  es: /[“”„]| [;:!?»]|« |^[^¿]*[^«]\?|^[^¡]*!/,
}

async function madeOf({ generated }: MessageSet, language: Language): Promise<object> {
  const module = (await import(`${ROOT}${generated}/${language}.ts`)) as { messages: (icu: Icu) => object }
  return module.messages(icuFor(language))
}

/** `columns.name` in `{ columns: { name } }`; lists are counted from 1. */
function valueAt(messages: object, name: string): unknown {
  return name
    .split('.')
    .reduce<unknown>(
      (part, step) => (Array.isArray(part) ? part[Number(step) - 1] : (part as Record<string, unknown>)[step]),
      messages,
    )
}

type Given = Record<string, string | number>

/** Enough to reach each form and each choice. */
function samplesFor({ args }: Message): Given[] {
  const turns = [0, 1, 2, 3, 4, 5, 6]
  return COUNTS.flatMap((_, index) => turns.map((turn) => sampleFor(args, index, turn)))
}

function sampleFor(args: Message['args'], index: number, turn: number): Given {
  const given: Given = {}
  let at = 0
  for (const [name, kind] of args) {
    if (kind === 'text') given[name] = `<${name} ${index}>`
    else if (kind === 'number') given[name] = COUNTS[(index + at * turn) % COUNTS.length] ?? 0
    else given[name] = [...kind.choices][turn % kind.choices.size] ?? 'other'
    at++
  }
  return given
}
