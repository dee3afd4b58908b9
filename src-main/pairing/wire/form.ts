/** The parameters of a query or a form. */
export type Form = ReadonlyMap<string, string>

/**
 * Reads parameters by RFC 6749 section 3.1: a parameter without a value counts as absent, and none may occur twice.
 * Returns the (shortened) name of a repeated one, because servers would choose differently between two values.
 */
export function readForm(text: string): Form | { readonly repeated: string } {
  const form = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(text)) {
    if (form.has(name)) return { repeated: /^[a-z_]{1,40}$/.test(name) ? name : 'a parameter' }
    form.set(name, value)
  }
  for (const [name, value] of form) if (value === '') form.delete(name)
  return form
}

/** True if a body is a form, by its content type. */
export function isForm(contentType: string): boolean {
  return /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(contentType.trim())
}
