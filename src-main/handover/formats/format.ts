import type { Edit } from '../edits.ts'

/** Reads and changes configurations of one format. */
export interface Format {
  /** The parsed content; undefined for an empty file. Throws if the text is not of this format. */
  parse(text: string): unknown
  /**
   * Returns the text after the edits, and keeps its comments and order. `eol` ends new lines. Throws UnexpectedShape if
   * the file has another type of value where an edit goes.
   */
  edit(text: string, edits: readonly Edit[], eol: string): string
}
