/** Those with one of these names; all of them if none has. */
export function named<T extends { readonly name: string }>(all: readonly T[], names: readonly string[]): readonly T[] {
  const chosen = all.filter(({ name }) => names.includes(name))
  return chosen.length > 0 ? chosen : all
}
