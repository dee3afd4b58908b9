import { z } from 'zod'

const LISTS: ReadonlyMap<string, { field: 'models' | 'data'; nameOf: (entry: unknown) => string | undefined }> =
  new Map([
    ['/api/tags', { field: 'models', nameOf: nameIn('model', 'name') }],
    ['/api/ps', { field: 'models', nameOf: nameIn('model', 'name') }],
    ['/v1/models', { field: 'data', nameOf: nameIn('id') }],
  ])
const LIMIT = 16 * 1024 * 1024

const listSchema = z.record(z.string(), z.unknown())

/** Whether the answer on this path is a list of models, of which a key may see only its own. */
export function isModelList(path: string): boolean {
  return LISTS.has(path)
}

/**
 * Holds a list of models back until it is whole and gives the client the entries its key may use. A list that cannot
 * be understood is given as empty: better too little than a name too many.
 */
export class ModelListFilter {
  readonly #path: string
  readonly #allows: (model: string) => boolean
  readonly #pieces: Buffer[] = []
  #size = 0

  constructor(path: string, allows: (model: string) => boolean) {
    this.#path = path
    this.#allows = allows
  }

  /** False: this is too long for a list of models, and none of it is kept. */
  take(chunk: Buffer): boolean {
    this.#size += chunk.length
    if (this.#size > LIMIT) this.#pieces.length = 0
    else this.#pieces.push(chunk)
    return this.#size <= LIMIT
  }

  /** What the client gets. */
  filtered(): Buffer {
    return Buffer.from(JSON.stringify(this.#filter()))
  }

  #filter(): object {
    const list = LISTS.get(this.#path)
    if (list === undefined) return {}
    const whole = parse(Buffer.concat(this.#pieces).toString('utf8'))
    const entries = Array.isArray(whole[list.field]) ? (whole[list.field] as unknown[]) : []
    const kept = entries.filter((entry) => {
      const name = list.nameOf(entry)
      return name !== undefined && this.#allows(name)
    })
    return { ...whole, [list.field]: kept }
  }
}

function parse(text: string): Record<string, unknown> {
  try {
    return listSchema.catch({}).parse(JSON.parse(text))
  } catch {
    return {}
  }
}

function nameIn(...fields: string[]): (entry: unknown) => string | undefined {
  return (entry) => {
    if (typeof entry !== 'object' || entry === null) return undefined
    const values = new Map(Object.entries(entry))
    for (const field of fields) {
      const value: unknown = values.get(field)
      if (typeof value === 'string') return value
    }
    return undefined
  }
}
