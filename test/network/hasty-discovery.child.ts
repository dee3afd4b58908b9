import { MdnsDiscovery } from '../../src-main/listeners/discovery/mdns-discovery.ts'

// Announces a Latchkey, and prints each name that it gets. Waits of minutes take a hundredth of their time.
// Usage: hasty-discovery.child.ts NAME HOST ADDRESS
const [name = '', host = '', address = ''] = process.argv.slice(2)
const MINUTE_MS = 60_000
const HASTE = 100

const realSetTimeout = globalThis.setTimeout
const hasty = (run: () => void, ms = 0) => realSetTimeout(run, ms >= MINUTE_MS ? ms / HASTE : ms)
globalThis.setTimeout = Object.assign(hasty, realSetTimeout)

const quiet = () => undefined
const discovery = new MdnsDiscovery({ log: { info: quiet, warn: console.error, error: console.error } })
discovery.onChange(() => {
  const { state, name: announced } = discovery.state()
  if (state === 'announced') console.log(announced)
})
await discovery.start({ name, host, addresses: [address], port: 11_500, isSecure: true, consolePort: null })
// Its own timers and sockets do not keep a process running.
setInterval(quiet, MINUTE_MS)
