import { JsonWatch } from './json-watch.ts'
import { watchTree } from './watch-tree.ts'

const MODEL = watchTree(['model'])

/**
 * Finds the model in a JSON request while it passes, for the record, because the answers of some routes do not name it.
 * Stores nothing else.
 */
export class ModelWatch {
  /** null until the model was found. */
  model: string | null = null
  readonly #watch = new JsonWatch(MODEL, (found) => {
    const model = found === 'array' ? undefined : found.get('model')
    if (typeof model === 'string' && model !== '') this.model = model
  })

  write(piece: Buffer): void {
    this.#watch.write(piece, 0, piece.length)
  }
}
