import { syncBuiltinESMExports } from 'node:module'
import threads, { type Worker } from 'node:worker_threads'

/** The threads that this process starts from now on, in order. Call it before what starts them is loaded. */
export function watchThreads(): readonly Worker[] {
  const started: Worker[] = []
  const { Worker: Original } = threads
  threads.Worker = class extends Original {
    constructor(...given: ConstructorParameters<typeof Original>) {
      super(...given)
      started.push(this)
    }
  }
  syncBuiltinESMExports()
  return started
}
