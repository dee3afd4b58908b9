import type { ChildProcess } from 'node:child_process'
import { FIXED_SECRET, type Subject } from './subject.ts'

/** No proxy: the cost of the upstream and the load generator alone. */
export function upstreamAlone(child: ChildProcess): Subject {
  return {
    name: 'upstream alone',
    absent: () => undefined,
    start: ({ upstreamPort }) => Promise.resolve({ port: upstreamPort, secret: FIXED_SECRET, child, startMs: 0 }),
  }
}
