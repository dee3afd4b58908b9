import { type FileHandle, open } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import type { Log } from '../../base/log.ts'
import { Sequencer } from '../../base/sequencer.ts'

/** A line is the checksum of a text (8 digits), a space, and the text. */
const PREFIX_BYTES = 9

interface Line {
  readonly at: number
  readonly bytes: number
}

export interface SpoolFileOptions {
  readonly path: string
  readonly maxBytes: number
  readonly log: Pick<Log, 'error'>
}

/**
 * Texts that wait in a file, in order. A text is on the disk when `append` resolves. Taken texts stay in the file until all are
 * taken, so after a crash some come again.
 */
export class SpoolFile {
  readonly #file: FileHandle
  readonly #maxBytes: number
  readonly #waiting: Line[]
  readonly #sequencer = new Sequencer()
  /** How many texts could not be read when the file was opened. */
  readonly damaged: number
  #end: number

  private constructor(file: FileHandle, maxBytes: number, { lines, damaged, end }: Scan) {
    this.#file = file
    this.#maxBytes = maxBytes
    this.#waiting = lines
    this.damaged = damaged
    this.#end = end
  }

  static async open({ path, maxBytes, log }: SpoolFileOptions): Promise<SpoolFile> {
    const file = await open(path, 'a+', 0o600)
    try {
      const found = await scan(file)
      // A text that was not completely written was never confirmed.
      await file.truncate(found.end)
      if (found.damaged > 0) log.error({ lines: found.damaged }, 'some waiting usage was damaged, so it was dropped')
      return new SpoolFile(file, maxBytes, found)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** Resolves to false if the file is full. If it rejects, the text is not kept. */
  append(text: string): Promise<boolean> {
    return this.#sequencer.queue(() => this.#append(text))
  }

  async #append(text: string): Promise<boolean> {
    const bytes = Buffer.from(text)
    const line = Buffer.concat([Buffer.from(`${checksum(bytes)} `), bytes, Buffer.from('\n')])
    if (this.#end + line.length > this.#maxBytes) return false
    try {
      await this.#file.appendFile(line)
      await this.#file.datasync()
    } catch (error) {
      // The next text must not come behind half a line.
      await this.#file.truncate(this.#end).catch(() => undefined)
      throw error
    }
    this.#waiting.push({ at: this.#end, bytes: line.length })
    this.#end += line.length
    return true
  }

  /** The first text; undefined if none waits. */
  async first(): Promise<string | undefined> {
    const [line] = this.#waiting
    if (line === undefined) return undefined
    const { buffer } = await this.#file.read(Buffer.alloc(line.bytes), 0, line.bytes, line.at)
    return buffer.toString('utf8', PREFIX_BYTES, line.bytes - 1)
  }

  /** Takes the first text away. */
  shift(): Promise<void> {
    return this.#sequencer.queue(async () => {
      this.#waiting.shift()
      if (this.#waiting.length > 0) return
      this.#end = 0
      await this.#file.truncate(0)
    })
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

interface Scan {
  readonly lines: Line[]
  readonly damaged: number
  /** Behind the last complete line. */
  readonly end: number
}

async function scan(file: FileHandle): Promise<Scan> {
  const lines: Line[] = []
  let [damaged, end] = [0, 0]
  for await (const line of completeLines(file)) {
    const bytes = line.length + 1
    if (line.toString('latin1', 0, PREFIX_BYTES - 1) === checksum(line.subarray(PREFIX_BYTES)))
      lines.push({ at: end, bytes })
    else damaged += 1
    end += bytes
  }
  return { lines, damaged, end }
}

/** Lines that end, without their end. A damaged one need not be UTF-8, so one character is one byte here. */
async function* completeLines(file: FileHandle): AsyncGenerator<Buffer> {
  const stream = file.createReadStream({ start: 0, autoClose: false, encoding: 'latin1', highWaterMark: 1 << 20 })
  let rest = ''
  for await (const piece of stream as AsyncIterable<string>) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield Buffer.from(line, 'latin1')
  }
}

function checksum(bytes: Buffer): string {
  return crc32(bytes).toString(16).padStart(8, '0')
}
