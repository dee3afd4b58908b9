import { DeviceApp, type Reply } from '../pairing/asking-app.ts'

/** An app that has asked for a key by the device grant. */
export interface AskingApp {
  readonly code: string
  /** What it got when it asked. */
  readonly answer: Reply['body']
  /** Fetches the key, once. */
  fetchKey(): Promise<Reply>
}

export interface AskOptions {
  /** What it calls itself. */
  readonly name?: string
  /** A site or extension; absent: a program. */
  readonly origin?: string
}

/** Asks the gateway for a key, like an app. Throws if the gateway does not let it. */
export async function askForKey(gateway: string, { name = 'Chatbox', origin }: AskOptions = {}): Promise<AskingApp> {
  const app = new DeviceApp(gateway, { clientId: name, ...(origin === undefined ? {} : { Origin: origin }) })
  const { status, body } = await app.ask()
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
  return { code: String(body['user_code']), answer: body, fetchKey: () => app.poll() }
}
