import { createSocket } from 'node:dgram'
import { createInterface } from 'node:readline'

/**
 * Prints each datagram of multicast DNS as `ADDRESS PORT HEX`, and sends each line `TIMES HEX` of its stdin to everyone. Usage:
 * mdns-peer.child.ts ADDRESS [PORT]
 */
const [address = '', port = '5353'] = process.argv.slice(2)
const socket = createSocket({ type: 'udp4', reuseAddr: true })
socket.on('message', (datagram, from) => console.log(`${from.address} ${from.port} ${datagram.toString('hex')}`))
socket.bind(Number(port), () => {
  socket.addMembership('224.0.0.251', address)
  socket.setMulticastInterface(address)
  socket.setMulticastTTL(255)
  console.log('ready')
})

for await (const line of createInterface({ input: process.stdin })) {
  const [times = '', hex = ''] = line.split(' ')
  const datagram = Buffer.from(hex, 'hex')
  for (let time = 0; time < Number(times); time++) {
    await new Promise((resolve) => socket.send(datagram, 5353, '224.0.0.251', resolve))
  }
  console.log(`sent ${times}`)
}
process.exit()
