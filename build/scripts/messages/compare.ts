import type { MessageFile } from './message-files.ts'
import type { Message } from './parse-message.ts'

/** Differences between a translation and the source other than in wording, one sentence each. */
export function differences(source: MessageFile, translation: MessageFile): string[] {
  const faults: string[] = []
  for (const [name, message] of source.messages) {
    const translated = translation.messages.get(name)
    const words = translated === undefined ? ['is missing'] : argumentFaults(message, translated)
    faults.push(...words.map((fault) => `${translation.path}: ${name} ${fault}`))
  }
  for (const name of translation.messages.keys()) {
    if (!source.messages.has(name)) faults.push(`${translation.path}: ${name} is not in ${source.path}`)
  }
  return faults
}

/** Plurals that lack a form of the language, such as French `many`. */
export function missingForms({ path, language, messages }: MessageFile): string[] {
  const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories
  return [...messages].flatMap(([name, { plurals }]) =>
    plurals.flatMap((forms) =>
      needed.filter((form) => !forms.has(form)).map((form) => `${path}: ${name} lacks the plural form “${form}”`),
    ),
  )
}

function argumentFaults(source: Message, translated: Message): string[] {
  const faults: string[] = []
  for (const [name, wanted] of source.args) {
    const given = translated.args.get(name)
    if (given === undefined) faults.push(`does not mention {${name}}`)
    else if (typeof wanted === 'string' || typeof given === 'string') {
      if (wanted !== given) faults.push(`uses {${name}} as another kind of value`)
    } else {
      const unknown = [...given.choices].filter((choice) => !wanted.choices.has(choice))
      faults.push(...unknown.map((choice) => `has a choice “${choice}” of {${name}} that there is not`))
    }
  }
  const unknown = [...translated.args.keys()].filter((name) => !source.args.has(name))
  return [...faults, ...unknown.map((name) => `mentions {${name}}, which it is not given`)]
}
