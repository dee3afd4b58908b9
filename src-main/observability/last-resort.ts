import type { Failures } from '../base/host.ts'

export type UncaughtKind = 'uncaughtException' | 'unhandledRejection'

export interface LastResortOptions {
  readonly process: NodeJS.EventEmitter
  /** Called during the start. It should end the program, because a partly started one is useless. */
  readonly atStart: (error: unknown, kind: UncaughtKind) => void
}

/**
 * Catches errors that nothing else caught. After the start, which the returned function reports, they are recorded: one
 * operation failed, and the gateway continues for everybody else.
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
