import { openStore, type Store, type StoreOptions } from '../../src-main/store/sqlite/open-store.ts'
import { SummedStore } from '../../src-main/usage/sums/summed-store.ts'

/** A store file with the sums over it, as an app has them. */
export interface WholeStore extends Omit<Store, 'usage'> {
  readonly usage: SummedStore
}

export async function openWhole(options: StoreOptions): Promise<WholeStore> {
  const store = await openStore(options)
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
