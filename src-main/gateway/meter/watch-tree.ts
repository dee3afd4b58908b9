/** A watched name in an object: a leaf whose value is read, a branch whose object is searched, or both. */
export interface Watched {
  readonly name: Buffer
  readonly path: string
  readonly isLeaf: boolean
  readonly children: readonly Watched[]
}

export type WatchTree = readonly Watched[]

/** Builds the tree of names for paths such as `done` and `usage.prompt_tokens`. */
export function watchTree(paths: readonly string[], prefix = ''): WatchTree {
  const below = paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length))
  return [...new Set(below.map((path) => path.split('.')[0] ?? ''))].map((name) => ({
    name: Buffer.from(name),
    path: prefix + name,
    isLeaf: below.includes(name),
    children: watchTree(paths, `${prefix}${name}.`),
  }))
}
