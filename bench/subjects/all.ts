import type { ChildProcess } from 'node:child_process'
import { caddy } from './caddy.ts'
import { latchkey } from './latchkey.ts'
import { nginx } from './nginx.ts'
import { ownScript } from './program.ts'
import type { Subject } from './subject.ts'
import { unrecorded } from './unrecorded.ts'
import { upstreamAlone } from './upstream-alone.ts'

/** Those that serve TLS if asked. */
export const SUBJECTS_WITH_TLS: readonly Subject[] = [
  latchkey,
  nginx,
  caddy,
  ownScript('floor: socket', 'floor-socket.child.ts'),
]

/** All subjects, in their order in each round. */
export function subjectsBehind(upstream: ChildProcess): readonly Subject[] {
  return [
    latchkey,
    unrecorded,
    nginx,
    caddy,
    ownScript('http-proxy-3', 'http-proxy-3.child.ts'),
    ownScript('@fastify/http-proxy', 'fastify.child.ts'),
    ownScript('floor: socket', 'floor-socket.child.ts'),
    ownScript('floor: own client', 'floor-own.child.ts'),
    ownScript('floor: undici', 'floor-undici.child.ts'),
    ownScript('floor: node:http', 'floor-http.child.ts'),
    ownScript('floor: no upstream', 'floor-answer.child.ts'),
    upstreamAlone(upstream),
  ]
}
