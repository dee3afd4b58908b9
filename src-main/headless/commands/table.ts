/** Formats rows as aligned columns, two spaces apart, under a line of headings. */
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
 * Removes control characters from outside text, such as an origin's label or a model's name. A terminal obeys escape
 * sequences, and clients choose these names.
 */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '\ufffd')
}
