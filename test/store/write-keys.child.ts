import { exchange, open, originRecord, storedKey } from './fixtures.ts'

/** Writes keys and decisions without end, and prints each one after the store has acknowledged it. */
const store = await open(process.argv[2] ?? '')
for (let number = 0; ; number++) {
  const key = storedKey(`key-${number}`)
  await store.keys.insert(key)
  process.stdout.write(`key ${number}\n`)
  await store.usage.append([exchange(`x-${number}`)], [])
  await store.origins.put(originRecord(`https://site-${number}.example`))
  process.stdout.write(`origin ${number}\n`)
  await store.keys.replace({ ...key, key: { ...key.key, enabled: false } })
  process.stdout.write(`disabled ${number}\n`)
}
