import type { Failures } from '../base/host.ts'

export type UncaughtKind = 'uncaughtException' | 'unhandledRejection'

export interface LastResortOptions {
  readonly process: NodeJS.EventEmitter
  /** What to do while the program starts. An exception should end it then: a half of it is no use. */
  readonly atStart: (error: unknown, kind: UncaughtKind) => void
}

/**
 * Catches the errors that nothing else has caught. Once the program has started, which the returned call says, they are
 * noted: one operation has failed, and the gateway goes on for everybody else.
 */
export function catchTheRest({ process, atStart }: LastResortOptions): (failures: Pick<Failures, 'note'>) => void {
  let started: Pick<Failures, 'note'> | undefined
  const onError = (kind: UncaughtKind) => (error: unknown) => {
    if (started === undefined) atStart(error, kind)
    else started.note(error)
  }
  process.on('uncaughtException', onError('uncaughtException'))
  process.on('unhandledRejection', onError('unhandledRejection'))
  return (failures) => {
    started = failures
  }
}
