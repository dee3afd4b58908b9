const MOST_NAME = 80

/** A name for comparison: without capitals and in one spelling of each character. */
export function foldedName(name: string): string {
  return name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase()
}

/** The same without the number that `distinctName` gave, which the person may not know. */
export function plainName(name: string): string {
  return foldedName(name).replace(/ \(\d{1,4}\)$/, '')
}

/** `Ada`, or `Ada (2)` if that is taken, and so on. */
export function distinctName(name: string, isTaken: (folded: string) => boolean): string {
  let distinct = name
  for (let number = 2; isTaken(foldedName(distinct)); number++) {
    distinct = `${name.slice(0, MOST_NAME - 7).trim()} (${number})`
  }
  return distinct
}
