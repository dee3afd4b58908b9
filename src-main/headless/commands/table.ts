/** Rows in aligned columns, two spaces between them, under a line of headings. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? '').length)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return [headings, ...rows].map(line).join('\n')
}

/**
 * Text that came from outside (an origin's label, a model's name) without control characters: a terminal obeys escape
 * sequences, and these names are chosen by whoever sends a request.
 */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '\ufffd')
}
