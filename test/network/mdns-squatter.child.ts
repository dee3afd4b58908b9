import { createSocket } from 'node:dgram'
import packet from 'dns-packet'

/** Claims every name of a Latchkey that somebody asks for. Usage: mdns-squatter.child.ts ADDRESS */
const [address = ''] = process.argv.slice(2)
const socket = createSocket({ type: 'udp4', reuseAddr: true })
socket.on('message', (datagram) => {
  const { type, questions = [] } = packet.decode(datagram)
  const wanted = questions.filter(({ name }) => type === 'query' && name.endsWith('._latchkey._tcp.local'))
  if (wanted.length === 0) return
  const answers = wanted.map(({ name }) => ({
    name,
    type: 'SRV' as const,
    ttl: 120,
    flush: true,
    data: { port: 1, target: 'squatter.local' },
  }))
  socket.send(packet.encode({ type: 'response', flags: packet.AUTHORITATIVE_ANSWER, answers }), 5353, '224.0.0.251')
})
socket.bind(5353, () => {
  socket.addMembership('224.0.0.251', address)
  socket.setMulticastInterface(address)
  socket.setMulticastTTL(255)
  console.log('ready')
})
