import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeQuery, writeResponse } from '../../src-main/listeners/discovery/dns-message.ts'
import { spoiledDatagrams } from '../support/fuzz/datagrams.ts'
import { Random } from '../support/fuzz/random.ts'
import { inNamespaces } from '../support/namespaces.ts'
import type { Serve } from '../support/serve.ts'
import { until } from '../support/until.ts'
import { DiscoverableHome, find, nameOf } from './discoverable.ts'
import { announces, type MdnsPeer, startMdnsPeer } from './mdns-peer.ts'

/** `LATCHKEY_FUZZ_SEED=123 npm test -- test/network/discovery-hostile.test.ts` sends what was printed once more. */
const SEED = Number(process.env['LATCHKEY_FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 32))
const NAME = 'Latchkey on desk'
const INSTANCE = `${NAME}._latchkey._tcp.local`
const THEIRS = { name: INSTANCE, type: 'SRV', ttl: 120, flush: true, data: { port: 1, target: 'evil.local' } } as const
const QUESTION = writeQuery({ questions: [{ name: '_latchkey._tcp.local', type: 'PTR' }] })

inNamespaces(['curl', 'nft'], () => {
  let home: DiscoverableHome
  let peer: MdnsPeer
  let serve: Serve

  beforeEach(async () => {
    home = new DiscoverableHome()
    peer = await startMdnsPeer(home.phone)
    serve = await home.serve(home.desk)
    await nameOf(serve)
  })
  afterEach(() => home.remove())

  const fromDesk = () => peer.heard.filter(({ from }) => from === home.desk.address)

  test('a single false claim to the name changes nothing', async () => {
    const before = peer.heard.length
    await peer.say(writeResponse({ answers: [THEIRS] }))
    await peer.hear(({ isQuery, from }) => isQuery && from === home.desk.address, 'the new probe', before)
    await peer.hear(announces(NAME, home.desk.address), 'the announcement', before)
    expect(await nameOf(serve)).toBe(NAME)
    expect((await find(home.phone)).map(({ name }) => name)).toEqual([NAME])
  })

  test('a thousand false claims make it ask again a few times only', async () => {
    const before = fromDesk().length
    for (let round = 0; round < 10; round++) await peer.say(writeResponse({ answers: [THEIRS] }), 100)
    await peer.hear(announces(NAME, home.desk.address), 'the announcement', before)
    expect(fromDesk().length - before).toBeLessThan(15)
    expect(await nameOf(serve)).toBe(NAME)
  })

  test('a false goodbye is followed by a new announcement', async () => {
    const before = peer.heard.length
    await peer.say(
      writeResponse({ answers: [{ ...THEIRS, data: { port: serve.port, target: 'desk.local' }, ttl: 0 }] }),
    )
    await peer.hear(
      ({ from, isQuery, answers }) =>
        from === home.desk.address && !isQuery && answers.some(({ type, ttl }) => type === 'SRV' && ttl === 120),
      'the service’s record again',
      before,
    )
  })

  test('a flood of questions gets few answers, and the gateway answers meanwhile', async () => {
    const before = fromDesk().length
    const cpuBefore = cpuMs(serve)
    const started = performance.now()
    const flood = peer.say(QUESTION, 100_000)
    const options = ['-s', '-o', '/dev/null', '-w', '%{http_code}', '--max-time', '10']
    const healthy = await home.desk.run(['curl', ...options, `${serve.gateway}/healthz`])
    expect(healthy.stdout).toBe('200')
    await flood
    const seconds = (performance.now() - started) / 1_000
    expect((fromDesk().length - before) / seconds).toBeLessThan(10)
    console.log(
      `flood: 100,000 questions in ${seconds.toFixed(1)} s took ${cpuMs(serve) - cpuBefore} ms of the processor`,
    )
    expect((await find(home.phone)).map(({ name }) => name)).toEqual([NAME])
  })

  test('an old resolver is answered alone, with a short life, and not without end', async () => {
    const old = await startMdnsPeer(home.network.plugIn('printer'), 5354)
    await old.say(QUESTION, 200)
    const { answers } = await old.hear(({ isQuery }) => !isQuery, 'the answer')
    expect(answers.map(({ data, ttl, flush }) => ({ data, ttl, flush }))).toEqual([
      { data: INSTANCE, ttl: 10, flush: false },
    ])
    await find(home.phone)
    expect(old.heard.length).toBeLessThanOrEqual(20)
  })

  test('malformed datagrams are ignored', async () => {
    console.log(`seed ${SEED}`)
    const samples = [
      QUESTION,
      writeResponse({ answers: [THEIRS] }),
      writeQuery({ questions: [], authorities: [THEIRS] }),
    ]
    for (const datagram of spoiledDatagrams(samples, new Random(SEED), 300)) await peer.say(datagram)
    expect(await nameOf(serve)).toBe(NAME)
    expect((await find(home.phone)).some(({ name, port }) => name === NAME && port === serve.port)).toBe(true)
    expect(serve.stderr()).not.toMatch(/Error|at .*\.js:/)
  })

  test('what is found is fit to be printed', async () => {
    const name = '\u001b[31mred\u202e\u0007 and long '.repeat(3).slice(0, 50)
    const instance = `${name}._latchkey._tcp.local`
    const shared = { ttl: 120, flush: false }
    const spoof = writeResponse({
      answers: [{ ...shared, name: '_latchkey._tcp.local', type: 'PTR', data: instance }],
      additionals: [
        { ...THEIRS, name: instance, data: { port: 1, target: 'evil.local' } },
        { ...shared, name: instance, type: 'TXT', data: [Buffer.from('tls=\u001b[2J'), Buffer.from('txtvers=1e9')] },
        { ...shared, name: 'evil.local', type: 'A', data: '192.168.77.66' },
      ],
    })
    const looking = find(home.phone, 4)
    const asked = peer.heard.length
    await peer.hear(({ isQuery, from }) => isQuery && from === home.phone.address, 'the question', asked)
    await peer.say(spoof, 3)
    const found = (await looking).find(({ host }) => host === 'evil.local')
    expect(found).toMatchObject({ addresses: ['192.168.77.66'], port: 1, tls: null, version: null })
    expect(found?.name).toMatch(/^\[31mred and long/)
    expect(found?.name).not.toMatch(/[\p{Cc}\u202e]/u)
  })

  test('is found in a network that loses a third of the packets', async () => {
    home.phone.lose(33)
    await until(async () => (await find(home.phone, 6)).length === 1, 'Latchkey')
  })

  test('is found again after its computer slept', async () => {
    serve.process.kill('SIGSTOP')
    expect(await find(home.phone)).toEqual([])
    serve.process.kill('SIGCONT')
    expect((await find(home.phone)).map(({ name }) => name)).toEqual([NAME])
  })
})

/** Processor time of the process so far, in ms. */
function cpuMs({ process: { pid } }: Serve): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? []
  const MS_PER_TICK = 10
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK
}
