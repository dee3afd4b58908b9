/** Reads the settings file's text. The libraries take an array or `null` for an empty store, and would write over what a person has to mend. */
export function objectOf(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SyntaxError('not a JSON object')
  return value as Record<string, unknown>
}
