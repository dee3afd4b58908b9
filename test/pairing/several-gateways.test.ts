import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sha256 } from '../../src-main/pairing/secrets.ts'
import { type PostgresServer, startPostgres, whyNoPostgres, withClient } from '../support/postgres.ts'
import { until } from '../support/until.ts'
import { CodeApp, choiceOf, DeviceApp, load } from './asking-app.ts'
import { age, outcomesAt, questionAt, type SharingGateway, startSharingGateway } from './sharing-gateways.ts'

const reason = whyNoPostgres()
if (reason !== undefined) console.warn(`pairing at several gateways: skipped, because ${reason}`)

const SITE = 'https://chat.example'
/** `slow_down` to an app that does not wait, as here. */
const PENDING = /^(authorization_pending|slow_down)$/

describe.skipIf(reason !== undefined)('an app whose requests each reach another gateway', () => {
  let server: PostgresServer
  let url: string
  let gateways: SharingGateway[]
  let turn: number
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.remove())
  beforeEach(async () => {
    url = await server.createDatabase()
    // Their clocks differ by hours. Only the one of the database counts.
    gateways = await Promise.all([0, -5, 7].map((hours) => startSharingGateway({ url, aheadMs: hours * 3_600_000 })))
    turn = 0
  })
  afterEach(async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()))
  })

  /** A balancer that gives each request to another gateway. */
  function next(): SharingGateway {
    const gateway = gateways[turn++ % gateways.length]
    if (gateway === undefined) throw new Error('no gateway')
    return gateway
  }
  const app = (headers: Record<string, string> = {}) => new DeviceApp(next().url, headers)
  /** When all have heard of the request: a gateway that hears of question and answer together tells neither. */
  const approveAt = async (gateway: SharingGateway) => {
    await openEverywhere(1)
    await gateway.pairings.approve({ ...choiceOf(await questionAt(gateway)), preset: 'models' })
  }
  const keys = async () => (await Promise.all(gateways.map(({ access }) => access.keys.list()))).flat()
  const codes = () => gateways.map(({ pairings }) => pairings.list().map(({ code }) => code))
  const openEverywhere = (count: number) =>
    until(() => codes().every((open) => open.length === count), `${count} questions at all gateways`)

  it('gets one key by the device grant, and each gateway tells of each step once', async () => {
    const asking = app()
    const { body } = await asking.ask()
    const poll = () => app().poll(asking.deviceCode)
    for (const gateway of gateways) expect((await questionAt(gateway)).code).toBe(body['user_code'])
    for (const _ of gateways) expect((await poll()).body['error']).toMatch(PENDING)
    await approveAt(next())
    await outcomesAt(gateways, 'approved')
    expect((await poll()).body).toMatchObject({ token_type: 'Bearer', access_token: expect.stringMatching(/^sk-lk-/) })
    expect(await outcomesAt(gateways, 'connected')).toEqual(gateways.map(() => ['approved', 'connected']))
    expect(gateways.map(({ askedQuestions }) => askedQuestions.length)).toEqual([1, 1, 1])
    const [key] = await keys()
    expect(gateways.map(({ pairingChanges }) => pairingChanges.at(-1)?.keyId)).toEqual(gateways.map(() => key?.id))
    for (const _ of gateways) expect((await poll()).body['error']).toBe('expired_token')
    expect(await keys()).toHaveLength(1)
  })

  it('polls before the gateway has heard of its request, and is not told that it is over', async () => {
    for (let times = 0; times < 10; times++) {
      const asking = app({ origin: `https://${times}.example` })
      await asking.ask()
      const { body } = await app({ origin: `https://${times}.example` }).poll(asking.deviceCode)
      expect(body['error']).toMatch(PENDING)
      await openEverywhere(1)
      await next().pairings.decline(choiceOf(await questionAt(next())))
      await openEverywhere(0)
    }
  })

  it('gets a key by the code grant: each load of its page, and the code, at another gateway', async () => {
    const asking = new CodeApp(next().url)
    const page = () => load(new URL(asking.address().pathname + asking.address().search, next().url))
    const shown = [await page(), await page(), await page()]
    expect(new Set(shown.map(({ text }) => /<p class="code">([^<]+)/.exec(text)?.[1])).size).toBe(1)
    await approveAt(next())
    await outcomesAt(gateways, 'approved')
    const { headers } = await page()
    const code = new URL(headers.location ?? 'nowhere:').searchParams.get('code') ?? ''
    const redeem = (verifier = asking.verifier) =>
      new DeviceApp(next().url).post('/latchkey/token', {
        grant_type: 'authorization_code',
        code,
        code_verifier: verifier,
        redirect_uri: asking.redirectUri,
        client_id: asking.clientId,
      })
    expect((await redeem()).status).toBe(200)
    await outcomesAt(gateways, 'connected')
    for (const _ of gateways) expect((await redeem()).body['error']).toBe('invalid_grant')
    // Its tab is opened again.
    for (const _ of gateways) expect((await page()).status).toBe(400)
    expect(await keys()).toHaveLength(1)
    expect(gateways.map(({ askedQuestions }) => askedQuestions.length)).toEqual([1, 1, 1])
  })

  it('gets a key in OpenRouter’s shape', async () => {
    const verifier = 'v'.repeat(43)
    const query = new URLSearchParams({
      callback_url: 'http://localhost:4321/back',
      code_challenge: sha256(verifier),
      code_challenge_method: 'S256',
    })
    const page = () => load(new URL(`/auth?${query}`, next().url))
    expect((await page()).status).toBe(200)
    await approveAt(next())
    await outcomesAt(gateways, 'approved')
    const { headers } = await page()
    const code = new URL(headers.location ?? 'nowhere:').searchParams.get('code')
    const fetched = await fetch(`${next().url}/api/v1/auth/keys`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ code, code_verifier: verifier, code_challenge_method: 'S256' }),
    })
    expect(await fetched.json()).toEqual({ key: expect.stringMatching(/^sk-lk-/) })
  })

  it('whose code was stolen has lost it at all gateways', async () => {
    const asking = new CodeApp(next().url)
    await load(asking.address())
    await approveAt(next())
    await outcomesAt(gateways, 'approved')
    const code = await asking.code()
    const proof = { code, redirect_uri: asking.redirectUri, client_id: asking.clientId }
    const redeem = (verifier: string) =>
      app().post('/latchkey/token', { grant_type: 'authorization_code', ...proof, code_verifier: verifier })
    expect((await redeem('x'.repeat(43))).body['error']).toBe('invalid_grant')
    await outcomesAt(gateways, 'abandoned')
    for (const _ of gateways) expect((await redeem(asking.verifier)).body['error']).toBe('invalid_grant')
    expect(await keys()).toEqual([])
  })

  it('gets one key however often it asks at once, and at how many gateways', async () => {
    for (let times = 1; times <= 5; times++) {
      const asking = app()
      await asking.ask()
      await approveAt(next())
      await until(() => gateways.every(({ pairingChanges }) => pairingChanges.at(-1)?.outcome === 'approved'), 'all')
      const replies = await Promise.all(Array.from({ length: 6 }, () => app().poll(asking.deviceCode)))
      const statuses = replies.map(({ status }) => status)
      expect(statuses.toSorted((one, other) => one - other)).toEqual([200, 400, 400, 400, 400, 400])
      expect(await keys()).toHaveLength(times)
      await until(() => gateways.every(({ pairingChanges }) => pairingChanges.at(-1)?.outcome === 'connected'), 'all')
    }
  })

  it('goes on when the gateways that it has met are gone', async () => {
    const [first, second, third] = gateways as [SharingGateway, SharingGateway, SharingGateway]
    const asking = new DeviceApp(first.url)
    await asking.ask()
    await openEverywhere(1)
    await first.close()
    gateways = [second, third]
    await approveAt(second)
    gateways = [third]
    await outcomesAt(gateways, 'approved')
    await second.close()
    expect((await app().poll(asking.deviceCode)).status).toBe(200)
  })

  it('is known to a gateway that starts later', async () => {
    const asking = app()
    await asking.ask()
    await openEverywhere(1)
    gateways.push(await startSharingGateway({ url }))
    const latest = gateways.at(-1) as SharingGateway
    expect((await questionAt(latest)).code).toMatch(/^\d\d-\d\d$/)
    await approveAt(latest)
    expect((await new DeviceApp(latest.url).poll(asking.deviceCode)).status).toBe(200)
  })

  it('that is declined raises no question at any gateway for two minutes, and cannot tell', async () => {
    const asking = app({ origin: SITE })
    await asking.ask()
    await openEverywhere(1)
    const choice = choiceOf(await questionAt(next()))
    await next().pairings.decline(choice)
    await outcomesAt(gateways, 'declined')
    for (const { pairings } of gateways)
      await expect(pairings.approve({ ...choice, preset: 'all' })).rejects.toMatchObject({
        code: 'pairing_answered',
        parts: { so: 'declined' },
      })
    for (const _ of gateways) {
      const again = app({ origin: SITE })
      expect((await again.ask()).status).toBe(200)
      expect((await app({ origin: SITE }).poll(again.deviceCode)).body['error']).toMatch(PENDING)
    }
    expect(codes()).toEqual([[], [], []])
    expect(gateways.map(({ askedQuestions }) => askedQuestions.length)).toEqual([1, 1, 1])
  })

  it('replaces its earlier request at whichever gateway that was', async () => {
    const [one, two] = [app({ origin: SITE }), app({ origin: SITE })]
    await one.ask()
    await openEverywhere(1)
    await two.ask()
    await outcomesAt(gateways, 'replaced')
    expect((await app({ origin: SITE }).poll(one.deviceCode)).body['error']).toBe('expired_token')
    await approveAt(next())
    await outcomesAt(gateways, 'approved')
    expect((await app({ origin: SITE }).poll(two.deviceCode)).status).toBe(200)
  })

  it('is one of five in all, also if all ask at once', async () => {
    const asked = await Promise.all(
      Array.from({ length: 12 }, (_, at) => app({ origin: `https://${at}.example` }).ask()),
    )
    const statuses = asked.map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(5)
    expect(statuses.filter((status) => status === 429)).toHaveLength(7)
    await openEverywhere(5)
    expect(new Set(codes().flat()).size).toBe(5)
  })

  it('that is not answered in two minutes of the database’s clock is over at all gateways', async () => {
    const asking = app()
    await asking.ask()
    for (const { pairings, shared: _, askedQuestions } of gateways) {
      await until(() => askedQuestions.length === 1, 'the question')
      expect(pairings.list()).toHaveLength(1)
    }
    // As each gateway's own clock shows it.
    for (const [at, hours] of [0, -5, 7].entries()) {
      const left = (gateways[at]?.pairings.list()[0]?.endsAt ?? 0) - (Date.now() + hours * 3_600_000)
      expect(left).toBeGreaterThan(60_000)
      expect(left).toBeLessThanOrEqual(121_000)
    }
    const choice = choiceOf(await questionAt(next()))
    await age(url, 121_000)
    expect(await outcomesAt(gateways, 'expired')).toEqual(gateways.map(() => ['expired']))
    for (const _ of gateways) expect((await app().poll(asking.deviceCode)).body['error']).toBe('expired_token')
    await expect(next().pairings.approve({ ...choice, preset: 'all' })).rejects.toMatchObject({ parts: { so: 'over' } })
  })

  it('is answered with what the database knows, also by a gateway that has not heard of it', async () => {
    const asking = app()
    await asking.ask()
    const choice = choiceOf(await questionAt(next()))
    // Nobody is told.
    await withClient(url, (client) =>
      client.query(`UPDATE latchkey.pairings SET content = (content::jsonb || '{"endsAt": 1}')::text`),
    )
    await expect(next().pairings.approve({ ...choice, preset: 'all' })).rejects.toMatchObject({ parts: { so: 'over' } })
  })

  it('whose page got no answer is sent back once', async () => {
    const asking = new CodeApp(next().url)
    const page = () => load(new URL(asking.address().pathname + asking.address().search, next().url))
    await page()
    await openEverywhere(1)
    await age(url, 121_000)
    await outcomesAt(gateways, 'expired')
    expect((await page()).headers.location).toContain('error=access_denied')
    expect((await page()).status).toBe(400)
    expect(codes()).toEqual([[], [], []])
  })

  it('whose gateway was killed while it made the key does not stay open for ever', async () => {
    const asking = app()
    await asking.ask()
    await approveAt(next())
    await outcomesAt(gateways, 'approved')
    await withClient(url, (client) =>
      client.query(`UPDATE latchkey.pairings SET content = (content::jsonb || '{"state": "taken"}')::text`),
    )
    await age(url, 0)
    await until(async () => (await app().poll(asking.deviceCode)).body['error'] === 'expired_token', 'it to be taken')
    await age(url, 121_000)
    expect(await outcomesAt(gateways, 'abandoned')).toEqual(gateways.map(() => ['approved', 'abandoned']))
    expect(await keys()).toEqual([])
  })

  it('is another app than the same one on another computer, whose person sees where it asks', async () => {
    const elsewhere = await startSharingGateway({ url, computer: 'other-box' })
    gateways.push(elsewhere)
    const [here, there] = [new DeviceApp(gateways[0]?.url ?? ''), new DeviceApp(elsewhere.url)]
    await here.ask()
    await there.ask()
    await openEverywhere(2)
    const devices = ({ pairings }: SharingGateway) => pairings.list().map(({ asker }) => asker.device)
    expect(devices(elsewhere)).toEqual(['box', null])
    expect(devices(next())).toEqual([null, 'other-box'])
    for (const request of next().pairings.list())
      await next().pairings.approve({ ...choiceOf(request), preset: 'models' })
    await outcomesAt(gateways, 'approved')
    // Even with its secret.
    expect((await here.poll(there.deviceCode)).body['error']).toBe('expired_token')
    expect((await there.poll()).status).toBe(200)
  })

  it('is forgotten with its site, and with everything', async () => {
    for (const what of [{ origin: SITE }, 'everything'] as const) {
      await app({ origin: SITE }).ask()
      await openEverywhere(1)
      await next().pairings.forget(what)
      await openEverywhere(0)
      const { rows } = await withClient(url, (client) => client.query('SELECT content FROM latchkey.pairings'))
      expect(JSON.stringify(rows)).not.toContain(SITE)
    }
  })

  it('leaves a row that the next request removes when nobody needs it any more', async () => {
    await app({ origin: SITE }).ask()
    await age(url, 3_600_000 + 121_000)
    await app({ origin: 'https://next.example' }).ask()
    const { rows } = await withClient(url, (client) => client.query('SELECT content FROM latchkey.pairings'))
    expect(rows).toEqual([{ content: expect.stringContaining('https://next.example') }])
  })

  it('leaves no secret in the database, and nothing that gateways of before do not know', async () => {
    const asking = app()
    await asking.ask()
    const { rows } = await withClient(url, (client) => client.query('SELECT content FROM latchkey.pairings'))
    expect(JSON.stringify(rows)).not.toContain(asking.deviceCode)
    expect(JSON.stringify(rows)).toContain(sha256(asking.deviceCode))
    const changes = await withClient(url, (client) => client.query('SELECT DISTINCT kind FROM latchkey.changes'))
    expect(changes.rows.map(({ kind }: { kind: string }) => kind)).not.toContain('pairings')
  })

  it('and guesses codes makes each gateway read the database only ten times a second', async () => {
    const began = performance.now()
    const gateway = next()
    const guesses = Array.from({ length: 500 }, (_, at) => new DeviceApp(gateway.url).poll(`guess ${at}`))
    for (const { body } of await Promise.all(guesses)) expect(body['error']).toBe('expired_token')
    expect(gateway.looks()).toBeLessThanOrEqual(2 + (performance.now() - began) / 100)
    const { rows } = await withClient(url, (client) => client.query('SELECT n::int FROM latchkey.change_counter'))
    await Promise.all(Array.from({ length: 20 }, () => new DeviceApp(gateway.url).poll('one more')))
    expect(
      (await withClient(url, (client) => client.query('SELECT n::int FROM latchkey.change_counter'))).rows,
    ).toEqual(rows)
  })
})
