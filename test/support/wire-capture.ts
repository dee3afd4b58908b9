import { execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createTempDir } from './temp-dir.ts'
import { until } from './until.ts'

export interface Capture {
  /** Ends the capture. Resolves to all packets in the format of libpcap, with everything sent before this call. */
  stop(): Promise<Buffer>
}

export interface CaptureOptions {
  /** The words before a command that run it where the packets pass. */
  readonly prefix: readonly string[]
  readonly interface: string
  /** An address behind the interface, which gets a packet that marks the end. */
  readonly marker: string
}

/** Starts tcpdump; resolves when it listens. */
export async function startCapture({ prefix, interface: device, marker }: CaptureOptions): Promise<Capture> {
  const dir = await createTempDir()
  const file = join(dir.path, 'packets.pcap')
  // `-U` writes each packet at once, `-Z` keeps Debian's tcpdump from becoming a user who may not write here.
  const options = ['-i', device, '--immediate-mode', '-U', '-n', '-s', '0', '-B', '16384', '-Z', 'root', '-w', file]
  const [program = '', ...args] = [...prefix, 'tcpdump', ...options]
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  await until(() => {
    if (child.exitCode !== null) throw new Error(`tcpdump ended: ${said}`)
    return said.includes('listening on')
  }, 'tcpdump to listen')
  return {
    async stop() {
      const mark = randomUUID()
      sendMark(prefix, marker, mark)
      await until(async () => (await readFile(file)).includes(mark), 'the last packet')
      const closed = once(child, 'close')
      child.kill('SIGINT')
      await closed
      if (!/^0 packets dropped by kernel/m.test(said)) throw new Error(`the capture is incomplete: ${said}`)
      const packets = await readFile(file)
      await dir.remove()
      return packets
    },
  }
}

function sendMark(prefix: readonly string[], address: string, mark: string): void {
  const script = `const s = require('node:dgram').createSocket('udp4'); s.send('${mark}', 9, '${address}', () => s.close())`
  const [program, ...args] = [...prefix, process.execPath, '-e', script]
  execFileSync(program, args, { stdio: 'pipe' })
}
