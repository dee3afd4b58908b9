export type Json = string | number | boolean | null | Json[] | { [name: string]: Json }

/** The names that lead to a value, from the file's root. Empty: the root. */
export type Path = readonly string[]

/** Which entries of a list are Latchkey's own: those whose text, or whose field's text, begins so. */
export interface Own {
  /** null: the entries are texts themselves. */
  readonly field: string | null
  readonly prefix: string
}

/** One change of a parsed configuration. */
export type Edit =
  /** Replaces the value. Objects on the way are created. */
  | { readonly kind: 'set'; readonly path: Path; readonly value: Json }
  /** Sets the value if the file has none. */
  | { readonly kind: 'ensure'; readonly path: Path; readonly value: Json }
  | { readonly kind: 'remove'; readonly path: Path }
  /** Replaces Latchkey's own entries of a list by these, which come last. The list is created. */
  | { readonly kind: 'entries'; readonly path: Path; readonly own: Own; readonly values: readonly Json[] }

/** The file has something else where an edit expects an object or a list. */
export class UnexpectedShape extends Error {
  override name = 'UnexpectedShape'
  readonly field: string

  constructor(path: Path) {
    super(`unexpected value at ${path.join('.')}`)
    this.field = path.join('.')
  }
}

/**
 * What a configuration is after the edits, on a copy. `undefined` stands for an empty file. Every format's writer must
 * come to the same: this is what its text is compared with.
 */
export function withEdits(before: unknown, edits: readonly Edit[]): unknown {
  return edits.reduce<unknown>((value, edit) => withEdit(value, edit), before)
}

function withEdit(value: unknown, edit: Edit): unknown {
  switch (edit.kind) {
    case 'set':
      return replaced(value, edit.path, (before) => {
        // An app that has a table of this name has another idea of it.
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

/** The value at a path; undefined if it is missing. Throws if something on the way is not an object. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const [depth, name] of path.entries()) {
    if (!has(value)) return undefined
    if (!isObject(value)) throw new UnexpectedShape(path.slice(0, depth))
    value = Object.hasOwn(value, name) ? value[name] : undefined
  }
  return value
}

/** A list at a path; an empty one if it is missing. */
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

/** An empty value of YAML, such as `models:`, is null. */
function has(value: unknown): boolean {
  return value !== undefined && value !== null
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}
