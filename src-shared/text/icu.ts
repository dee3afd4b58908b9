/** The plural and number rules of a language, for the modules that build/scripts/messages generates. */
export interface Icu {
  readonly number: (value: number) => string
  /** The form for a count: `=1` if the message has one for exactly this number, else by the language's plural rules. */
  readonly plural: (value: number, forms: Forms) => string
  readonly select: (value: string | number, forms: Forms) => string
}

type Forms = Readonly<Record<string, string>> & { readonly other: string }

/** `locale` is a language with or without a region, such as `de-AT`. */
export function icuFor(locale: string): Icu {
  // Created at first use: most texts of a first page need neither.
  let rules: Intl.PluralRules | undefined
  let numbers: Intl.NumberFormat | undefined
  const select: Icu['select'] = (value, forms) =>
    (Object.hasOwn(forms, value) ? forms[value] : undefined) ?? forms.other
  return {
    number: (value) => (numbers ??= new Intl.NumberFormat(locale)).format(value),
    plural: (value, forms) =>
      forms[`=${value}`] ?? select((rules ??= new Intl.PluralRules(locale)).select(value), forms),
    select,
  }
}
