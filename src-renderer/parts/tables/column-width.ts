/** A CSS width for a column that fits the longest word of its heading in every language. */
export function columnWidth(heading: string, atLeast: string): string {
  const longest = Math.max(...heading.split(/\s/).map((word) => word.length))
  // Plus the padding of the style sheet.
  return `max(${atLeast}, ${longest}ch + 1.5rem)`
}
