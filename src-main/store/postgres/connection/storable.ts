/**
 * A value as PostgreSQL can store it: its texts have no U+0000, and lone surrogates have no place in UTF-8. SQLite stores both.
 * Programs choose some of the texts that are recorded, such as names of models, and no request may fail for one. A text that is
 * looked for is changed in the same way, so it is found.
 */
export function storable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value)
  // Most arrays are of numbers, and long.
  return Array.isArray(value) && value.some(mayHaveText) ? value.map(storable) : value
}

function mayHaveText(value: unknown): boolean {
  return typeof value === 'string' || Array.isArray(value)
}

export function storableText(text: string): string {
  return text.isWellFormed() && !text.includes('\0') ? text : text.toWellFormed().replaceAll('\0', '\ufffd')
}
