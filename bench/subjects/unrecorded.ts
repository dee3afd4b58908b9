import { nextMessage, startScript } from '../child.ts'
import type { Subject } from './subject.ts'

/** Latchkey's gateway without its recorder, to measure the cost of recording and metering. */
export const unrecorded: Subject = {
  name: 'Latchkey, no records',
  absent: () => undefined,
  async start({ upstreamPort, dir }) {
    const startedAt = performance.now()
    const child = startScript('subjects/unrecorded.child.ts', ['0', String(upstreamPort), '', dir])
    const { port, secret } = await nextMessage<{ port: number; secret: string }>(child)
    return { port, secret, child, startMs: performance.now() - startedAt }
  },
}
