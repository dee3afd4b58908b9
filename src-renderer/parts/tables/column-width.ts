/** The width of a column, as CSS says it, that breaks no word of its heading: languages differ in how long theirs are. */
export function columnWidth(heading: string, atLeast: string): string {
  const longest = Math.max(...heading.split(/\s/).map((word) => word.length))
  // With the room beside it that the style sheet leaves.
  return `max(${atLeast}, ${longest}ch + 1.5rem)`
}
