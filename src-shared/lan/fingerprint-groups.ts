const IN_GROUP = 4

/**
 * A fingerprint in groups of four pairs of digits, `3F:9A:00:C1`, which a person can compare in one look. The page on the
 * device and the console show the same text.
 */
export function fingerprintGroups(fingerprint: string): string[] {
  const pairs = fingerprint.split(':')
  const starts = pairs.map((_, at) => at).filter((at) => at % IN_GROUP === 0)
  return starts.map((at) => pairs.slice(at, at + IN_GROUP).join(':'))
}
