import { type FileOptions, type OpenFile, openFile } from '../../src-main/store/sqlite/open-file.ts'
import { SummedStore } from '../../src-main/usage/sums/summed-store.ts'

/** A store file with the sums over it, as an app has them. */
export interface WholeStore extends Omit<OpenFile, 'usage'> {
  readonly usage: SummedStore
}

/** For rooms on a file that is never replaced. */
export const useAlways = <T>(work: () => Promise<T>): Promise<T> => work()

export async function openWhole(options: FileOptions): Promise<WholeStore> {
  const store = await openFile(options)
  const usage = await SummedStore.open(store.usage)
  return {
    ...store,
    usage,
    async close() {
      await usage.settle()
      await store.close()
    },
  }
}
