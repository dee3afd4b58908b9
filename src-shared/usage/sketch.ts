import { TIMING_ERROR } from './usage.ts'

/**
 * Times as counts in logarithmic buckets, after DDSketch (Masson, Rim, Lee: "DDSketch: a fast and fully-mergeable
 * quantile sketch with relative-error guarantees", VLDB 2019): bucket i holds the times in (MIN·γ^(i-1), MIN·γ^i], so
 * that a bucket's middle is off by at most TIMING_ERROR from anything in it. Adding the counts merges two sketches
 * without loss, in any order: quarter hours into hours, hours into days.
 *
 * Stored form: for each bucket with a count, its number in one byte and the count as a LEB128 varint.
 */
const GAMMA = (1 + TIMING_ERROR) / (1 - TIMING_ERROR)
const LOG_GAMMA = Math.log(GAMMA)
/** Milliseconds. Faster times are in bucket 0. */
const MIN = 0.1
/** The last bucket begins at three months. */
const BUCKETS = 256

/** A bucket's number, and a count below 2^53 in eight bytes. */
const LONGEST_BYTES = BUCKETS * 9

const EMPTY = new Uint8Array(0)

/** The bucket of a time in milliseconds. */
export function bucketOf(ms: number): number {
  if (!(ms > MIN)) return 0
  return Math.min(BUCKETS - 1, Math.ceil(Math.log(ms / MIN) / LOG_GAMMA))
}

/** Up to this many buckets are stored as pairs. Most values of a report have fewer, and arrays of counts take 2 kB each. */
const FEW = 8

/** Adds up counts. */
export class Sketch {
  /** Bucket and count in turn, in the order of buckets. */
  #pairs: number[] = []
  /** Counts by bucket. Replaces the pairs when there are many. */
  #counts: Float64Array | undefined
  #total = 0

  addBucket(bucket: number, count = 1): void {
    this.#total += count
    if (this.#counts === undefined) this.#addPair(bucket, count)
    else this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count
  }

  /** Adds a stored sketch. Skips counts that a damaged file truncated or made too large. */
  addBytes(bytes: Uint8Array): void {
    eachCount(bytes, (bucket, count) => this.addBucket(bucket, count))
  }

  /** Adds several stored sketches, one after the other in one array. */
  addJoined(bytes: Uint8Array): void {
    eachCount(bytes, (bucket, count) => this.addBucket(bucket, count), bytes.length)
  }

  addSketch(other: Sketch): void {
    const pairs = other.#inOrder()
    for (let at = 0; at < pairs.length; at += 2) this.addBucket(pairs[at] ?? 0, pairs[at + 1])
  }

  toBytes(): Uint8Array {
    if (this.#total === 0) return EMPTY
    const bytes: number[] = []
    const pairs = this.#inOrder()
    for (let at = 0; at < pairs.length; at += 2) pushCount(bytes, pairs[at] ?? 0, pairs[at + 1] ?? 0)
    return Uint8Array.from(bytes)
  }

  /** The quantile in milliseconds, off by at most TIMING_ERROR; `part` 0.95 is 95 %. null if the sketch is empty. */
  quantile(part: number): number | null {
    if (this.#total === 0) return null
    const rank = Math.max(1, Math.ceil(part * this.#total))
    const pairs = this.#inOrder()
    let below = 0
    for (let at = 0; at < pairs.length; at += 2) {
      below += pairs[at + 1] ?? 0
      if (below >= rank) return middleOf(pairs[at] ?? 0)
    }
    return null
  }

  #addPair(bucket: number, count: number): void {
    // Only a damaged file contains such a count. It is dropped.
    if (count === 0) return
    const pairs = this.#pairs
    let at = 0
    while (at < pairs.length && (pairs[at] ?? 0) < bucket) at += 2
    if (pairs[at] === bucket) pairs[at + 1] = (pairs[at + 1] ?? 0) + count
    else if (pairs.length < 2 * FEW) pairs.splice(at, 0, bucket, count)
    else this.#spread()[bucket] = count
  }

  #spread(): Float64Array {
    const counts = new Float64Array(BUCKETS)
    for (let at = 0; at < this.#pairs.length; at += 2) counts[this.#pairs[at] ?? 0] = this.#pairs[at + 1] ?? 0
    this.#pairs = []
    this.#counts = counts
    return counts
  }

  /** The buckets with a count. */
  #inOrder(): readonly number[] {
    if (this.#counts === undefined) return this.#pairs
    const pairs: number[] = []
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const count = this.#counts[bucket] ?? 0
      if (count > 0) pairs.push(bucket, count)
    }
    return pairs
  }
}

/** The stored form of times in these buckets, in any order. */
export function bytesOfBuckets(buckets: readonly number[]): Uint8Array {
  const [first] = buckets
  if (first === undefined) return EMPTY
  // Fast path: most rows of a quarter hour have one time.
  if (buckets.length === 1) return Uint8Array.of(first, 1)
  const sorted = Uint8Array.from(buckets).sort()
  const bytes: number[] = []
  for (let at = 0; at < sorted.length; ) {
    const start = at
    while (sorted[at] === sorted[start]) at++
    pushCount(bytes, sorted[start] ?? 0, at - start)
  }
  return Uint8Array.from(bytes)
}

/** Merges two stored sketches. A count that a damaged file truncated is dropped. */
export function mergeBytes(one: Uint8Array, other: Uint8Array): Uint8Array {
  const [mine, theirs] = [countsIn(one), countsIn(other)]
  const bytes: number[] = []
  let at = 0
  for (let index = 0; index < mine.length; index += 2) {
    const bucket = mine[index] ?? 0
    let count = mine[index + 1] ?? 0
    for (; at < theirs.length && (theirs[at] ?? 0) <= bucket; at += 2) {
      if (theirs[at] === bucket) count += theirs[at + 1] ?? 0
      else pushCount(bytes, theirs[at] ?? 0, theirs[at + 1] ?? 0)
    }
    pushCount(bytes, bucket, count)
  }
  for (; at < theirs.length; at += 2) pushCount(bytes, theirs[at] ?? 0, theirs[at + 1] ?? 0)
  return Uint8Array.from(bytes)
}

/** Bucket, count, bucket, count ... */
function countsIn(bytes: Uint8Array): number[] {
  const counts: number[] = []
  eachCount(bytes, (bucket, count) => counts.push(bucket, count))
  return counts
}

function eachCount(
  bytes: Uint8Array,
  take: (bucket: number, count: number) => void,
  end = Math.min(bytes.length, LONGEST_BYTES),
): void {
  let at = 0
  while (at + 1 < end) {
    const bucket = bytes[at++] ?? 0
    let count = 0
    let scale = 1
    let byte = 0
    do {
      byte = bytes[at++] ?? 0
      count += (byte & 127) * scale
      scale *= 128
    } while (byte > 127 && at < end)
    if (byte <= 127 && Number.isSafeInteger(count)) take(bucket, count)
  }
}

function pushCount(bytes: number[], bucket: number, count: number): void {
  bytes.push(bucket)
  let rest = count
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  bytes.push(rest)
}

/** The value with the same relative distance to both ends of the bucket. */
function middleOf(bucket: number): number {
  if (bucket === 0) return MIN
  return (MIN * 2 * GAMMA ** bucket) / (GAMMA + 1)
}
