import type { LoadJob } from '../traffic.ts'
import { openTls } from './open.ts'

type Job = Extract<LoadJob, { kind: 'handshakes' }>

/** Opens and closes connections, and counts what kinds of handshakes they had. */
export async function shakeHands(job: Job, counts: Record<string, number>): Promise<void> {
  const session = job.resume ? (await shake(job)).session : undefined
  if (job.resume && session === undefined) throw new Error(`${job.tlsAddress} gives no sessions to resume`)
  let left = job.total
  const next = async (): Promise<void> => {
    while (left > 0) {
      left--
      const { isResumed } = await shake(job, session)
      const kind = isResumed ? 'resumed' : 'full'
      counts[kind] = (counts[kind] ?? 0) + 1
    }
  }
  await Promise.all(Array.from({ length: job.parallel }, next))
}

/** One connection. The server's tickets arrive before its end. */
function shake(job: Job, session?: Buffer): Promise<{ isResumed: boolean; session: Buffer | undefined }> {
  return new Promise((resolve, reject) => {
    const socket = openTls(job, session)
    let isResumed = false
    let ticket: Buffer | undefined
    socket.on('session', (given) => (ticket = given)).on('error', reject)
    socket.on('secureConnect', () => {
      isResumed = socket.isSessionReused()
      socket.end()
    })
    // Without a reader there would be no end.
    socket.resume().on('close', () => resolve({ isResumed, session: ticket }))
  })
}
