export type Json = string | number | boolean | null | Json[] | { [name: string]: Json }

/** The names on the way from the file's root to a value. Empty for the root. */
export type Path = readonly string[]

/** Identifies Latchkey's own entries of a list by the beginning of their text or of one field. */
export interface Own {
  /** null if the entries are texts. */
  readonly field: string | null
  readonly prefix: string
}

/** One change of a parsed configuration. */
export type Edit =
  /** Replaces the value. Creates missing objects on the way. */
  | { readonly kind: 'set'; readonly path: Path; readonly value: Json }
  /** Sets the value if the file has none. */
  | { readonly kind: 'ensure'; readonly path: Path; readonly value: Json }
  | { readonly kind: 'remove'; readonly path: Path }
  /** Replaces Latchkey's own entries of a list by these, at the end. Creates a missing list. */
  | { readonly kind: 'entries'; readonly path: Path; readonly own: Own; readonly values: readonly Json[] }

/** An edit expects an object or a list, and the file has another value there. */
export class UnexpectedShape extends Error {
  override name = 'UnexpectedShape'
  readonly field: string

  constructor(path: Path) {
    super(`unexpected value at ${path.join('.')}`)
    this.field = path.join('.')
  }
}

/**
 * Returns a changed copy of a configuration; `undefined` stands for an empty file. The text that a format's writer
 * produces is compared with this.
 */
export function withEdits(before: unknown, edits: readonly Edit[]): unknown {
  return edits.reduce<unknown>((value, edit) => withEdit(value, edit), before)
}

function withEdit(value: unknown, edit: Edit): unknown {
  switch (edit.kind) {
    case 'set':
      return replaced(value, edit.path, (before) => {
        // If the app's own value has another type, the app uses this name for something else.
        if (has(before) && kindOf(before) !== kindOf(edit.value)) throw new UnexpectedShape(edit.path)
        return edit.value
      })
    case 'ensure':
      return has(valueAt(value, edit.path)) ? value : replaced(value, edit.path, () => edit.value)
    case 'remove':
      return valueAt(value, edit.path) === undefined ? value : replaced(value, edit.path, () => undefined)
    case 'entries':
      return replaced(value, edit.path, (list) => [
        ...listAt(list, edit.path).filter(isNotOwn(edit.own)),
        ...edit.values,
      ])
  }
}

/** The value at a path; undefined if it is missing. Throws if a value on the way is not an object. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const [depth, name] of path.entries()) {
    if (!has(value)) return undefined
    if (!isObject(value)) throw new UnexpectedShape(path.slice(0, depth))
    value = Object.hasOwn(value, name) ? value[name] : undefined
  }
  return value
}

/** The list at a path; an empty list if it is missing. */
export function listAt(value: unknown, path: Path): unknown[] {
  if (!has(value)) return []
  if (!Array.isArray(value)) throw new UnexpectedShape(path)
  return value
}

export function isNotOwn({ field, prefix }: Own): (entry: unknown) => boolean {
  return (entry) => {
    const text = field === null ? entry : isObject(entry) ? entry[field] : undefined
    return typeof text !== 'string' || !text.startsWith(prefix)
  }
}

function kindOf(value: unknown): 'list' | 'object' | 'scalar' {
  if (Array.isArray(value)) return 'list'
  return isObject(value) ? 'object' : 'scalar'
}

function replaced(value: unknown, path: Path, by: (before: unknown) => unknown, depth = 0): unknown {
  const name = path[depth]
  if (name === undefined) return by(value)
  if (has(value) && !isObject(value)) throw new UnexpectedShape(path.slice(0, depth))
  const object = isObject(value) ? value : {}
  const after = replaced(Object.hasOwn(object, name) ? object[name] : undefined, path, by, depth + 1)
  if (after !== undefined) return { ...object, [name]: after }
  const { [name]: _, ...others } = object
  return others
}

/** In YAML an empty value, such as `models:`, is null. */
function has(value: unknown): boolean {
  return value !== undefined && value !== null
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}
