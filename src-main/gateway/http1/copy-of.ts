/** A copy of the bytes between two offsets. `Buffer.copyBytesFrom` does more work. */
export function copyOf(piece: Buffer, from: number, to: number): Buffer {
  const copy = Buffer.allocUnsafe(to - from)
  copy.set(piece.subarray(from, to))
  return copy
}
