import { afterEach, expect, it } from 'vitest'
import { PersonError } from '#shared/text/person-error.ts'
import { openRaw } from '../support/raw-http.ts'
import { until } from '../support/until.ts'
import { type AskedGateway, startAskedGateway } from './asked-gateway.ts'

let gateway: AskedGateway

afterEach(() => gateway.close())

it('an app that leaves before its key arrives leaves no key behind', async () => {
  let goOn: () => void = () => undefined
  const arrived = new Promise<void>((resolve) => {
    goOn = resolve
  })
  let isMaking = false
  gateway = await startAskedGateway({
    keys: {
      create: async (key) => {
        isMaking = true
        await arrived
        return gateway.access.keys.create(key)
      },
      withdraw: async ({ id }) => void (await gateway.access.keys.forget(id)),
      allow: () => Promise.resolve(),
    },
  })
  const leaving = gateway.program()
  await leaving.ask()
  gateway.approveOnly()
  const connection = await openRaw(gateway.port)
  const body = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    client_id: leaving.clientId,
    device_code: leaving.deviceCode,
  }).toString()
  connection.send(
    `POST /latchkey/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  )
  await until(() => isMaking || undefined, 'the key to be made')
  connection.close()
  await until(() => gateway.gateway.running === 0 || undefined, 'the gateway to see that the app has left')
  goOn()
  await until(() => gateway.pairingChanges.at(-1)?.outcome === 'abandoned' || undefined, 'the request to be abandoned')
  expect(await gateway.access.keys.list()).toEqual([])
})

it('a key that cannot be stored is not lost: the app tries again later and gets it', async () => {
  let isFull = true
  gateway = await startAskedGateway({
    keys: {
      create: (key) =>
        isFull ? Promise.reject(new PersonError('store_full', 'The disk is full.')) : gateway.access.keys.create(key),
      withdraw: () => Promise.resolve(),
      allow: () => Promise.resolve(),
    },
  })
  const asking = gateway.program()
  await asking.ask()
  gateway.approveOnly()
  const refused = await asking.poll()
  expect([refused.status, refused.body['error']]).toEqual([503, 'temporarily_unavailable'])
  isFull = false
  expect((await asking.poll()).status).toBe(200)
  expect(gateway.failures).toEqual([])
})
