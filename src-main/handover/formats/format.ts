import type { Edit } from '../edits.ts'

/** How configurations of one format are read and changed. */
export interface Format {
  /** The parsed content; undefined for a file without any. Throws if it is not of this format. */
  parse(text: string): unknown
  /**
   * The text after the edits, with the comments and the order that it had. `eol` ends new lines. Throws UnexpectedShape
   * if the file has something else where an edit goes.
   */
  edit(text: string, edits: readonly Edit[], eol: string): string
}
