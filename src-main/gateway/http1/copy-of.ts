/** A copy of the bytes from one offset up to another. `Buffer.copyBytesFrom` does more on its way. */
export function copyOf(piece: Buffer, from: number, to: number): Buffer {
  const copy = Buffer.allocUnsafe(to - from)
  copy.set(piece.subarray(from, to))
  return copy
}
