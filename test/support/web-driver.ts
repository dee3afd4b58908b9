import type { Hand, NamedKey } from './person.ts'

/** https://www.w3.org/TR/webdriver2/#keyboard-actions */
const KEYS: Record<NamedKey, string> = {
  Tab: '\uE004',
  Enter: '\uE007',
  Escape: '\uE00C',
  ArrowDown: '\uE015',
  Control: '\uE009',
  Shift: '\uE008',
  a: 'a',
  v: 'v',
}

const READY_DEADLINE_MS = 20_000

/** One window of a browser, controlled by WebDriver's HTTP protocol. Throws the driver's errors. */
export class WebDriverSession implements Hand {
  readonly #url: string

  private constructor(url: string) {
    this.#url = url
  }

  /** Waits until the driver listens. */
  static async start(driver: string, capabilities: object): Promise<WebDriverSession> {
    await untilReady(driver)
    const { sessionId } = await call<{ sessionId: string }>(`${driver}/session`, 'POST', {
      capabilities: { alwaysMatch: capabilities },
    })
    return new WebDriverSession(`${driver}/session/${sessionId}`)
  }

  async goTo(url: string): Promise<void> {
    await this.#post('url', { url })
  }

  /** Runs a function in the page. The function may use only its arguments. */
  run<A extends readonly unknown[], R>(inPage: (...args: A) => R | Promise<R>, ...args: A): Promise<R> {
    return this.#post<R>('execute/sync', { script: `return (${inPage.toString()})(...arguments)`, args })
  }

  /** `x` and `y` in the page's own pixels. */
  async clickAt(x: number, y: number): Promise<void> {
    const moves = [{ type: 'pointerMove', x: Math.round(x), y: Math.round(y), duration: 0 }]
    const presses = ['pointerDown', 'pointerUp'].map((type) => ({ type, button: 0 }))
    await this.#act({
      type: 'pointer',
      id: 'mouse',
      parameters: { pointerType: 'mouse' },
      actions: [...moves, ...presses],
    })
  }

  async press(key: NamedKey, ...held: readonly NamedKey[]): Promise<void> {
    const [codes, code] = [held.map((name) => KEYS[name]), KEYS[key]]
    await this.#keys([...down([...codes, code]), ...up([code, ...codes.toReversed()])])
  }

  async type(text: string): Promise<void> {
    await this.#keys(Array.from(text).flatMap((letter) => [...down([letter]), ...up([letter])]))
  }

  async end(): Promise<void> {
    await call(this.#url, 'DELETE')
  }

  #keys(actions: readonly object[]): Promise<void> {
    return this.#act({ type: 'key', id: 'keyboard', actions })
  }

  async #act(source: object): Promise<void> {
    await this.#post('actions', { actions: [source] })
  }

  #post<R>(command: string, body: object): Promise<R> {
    return call(`${this.#url}/${command}`, 'POST', body)
  }
}

function down(values: readonly string[]): object[] {
  return values.map((value) => ({ type: 'keyDown', value }))
}

function up(values: readonly string[]): object[] {
  return values.map((value) => ({ type: 'keyUp', value }))
}

async function call<R>(url: string, method: string, body?: object): Promise<R> {
  const response = await fetch(url, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  const { value } = (await response.json()) as { value: R & { error?: string; message?: string } }
  if (!response.ok) throw new Error(`${value.error}: ${value.message}`)
  return value
}

async function untilReady(driver: string): Promise<void> {
  const deadline = performance.now() + READY_DEADLINE_MS
  for (;;) {
    try {
      return void (await call(`${driver}/status`, 'GET'))
    } catch (error) {
      if (performance.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}
