/** `lasts` until a person or a program changes something; `passes` by itself, so that it is worth trying again. */
type Duration = 'lasts' | 'passes'

/**
 * Every way in which the gateway says no, in one table: HTTP status, the plain sentence that tells the person what to
 * do, and whether waiting mends it. `{name}` parts are filled in by `sentenceOf`; they never hold a secret or a piece of
 * what was asked or answered. docs/http.md says why each status is what it is.
 *
 * A second status is for requests that are no GET or HEAD. Clients send a failed POST again and again for minutes where
 * the status is 5xx, and show the sentence only then (LangChain, Codex); a monitor asks with GET and hears the first one.
 */
export const REFUSALS = {
  // The request itself
  bad_request: [400, 'This request is not valid HTTP, so Latchkey did not pass it on.', 'lasts'],
  bad_path: [
    400,
    'The address of this request is written in a way Latchkey does not accept ({detail}). Check the address in the app’s settings.',
    'lasts',
  ],
  bad_query: [400, 'The part of this address after the “?” is not understood here ({detail}).', 'lasts'],
  bad_body: [400, 'The body of this request could not be read ({detail}).', 'lasts'],
  ambiguous_model: [
    400,
    'This request names its model more than once, so Latchkey cannot tell which one is meant.',
    'lasts',
  ],
  model_too_long: [
    400,
    'The name of the model in this request is too long ({detail}). Choose a model of your list in the app’s settings.',
    'lasts',
  ],
  origin_too_long: [
    400,
    'The Origin header of this request is too long ({detail}), so Latchkey did not pass it on.',
    'lasts',
  ],
  credentials_conflict: [
    400,
    'This request carries two different keys. Leave only one in the app’s settings.',
    'lasts',
  ],
  too_many_headers: [431, 'This request has too many or too long headers, so Latchkey did not pass it on.', 'lasts'],
  target_too_long: [414, 'The address of this request is too long, so Latchkey did not pass it on.', 'lasts'],
  request_timeout: [408, 'This request took too long to arrive, so Latchkey gave up on it.', 'passes'],
  method_not_allowed: [405, 'There is no {detail} at this address.', 'lasts'],
  header_repeated: [
    400,
    'This request has the header “{detail}” more than once, so Latchkey cannot tell which one counts.',
    'lasts',
  ],
  not_a_proxy: [
    400,
    'This app uses Latchkey as a proxy for another address. Take Latchkey out of its proxy settings, and use http://localhost:{port} as the address.',
    'lasts',
  ],
  wrong_address: [
    404,
    'There is nothing at this address. Use {detail} as the address in this app’s settings.',
    'lasts',
  ],
  body_too_large: [413, 'This request is too large: at most {detail} are allowed here.', 'lasts'],
  not_implemented: [501, 'Latchkey does not pass on connection upgrades.', 'lasts'],
  // Who is asking
  host_not_allowed: [
    403,
    'Latchkey does not answer under this host name. Use http://localhost:{port} as the address, or add the name in Latchkey’s settings.',
    'lasts',
  ],
  origin_blocked: [
    403,
    'This site is blocked in Latchkey. To let it in, open Latchkey and allow it under “Sites & extensions”.',
    'lasts',
  ],
  key_missing: [
    401,
    'Latchkey needs a key. Open Latchkey, make a key, and paste it into the API key field of this app.',
    'lasts',
  ],
  key_in_query: [
    401,
    'The key stands in the query of the address, where Latchkey does not accept it. Paste it into the API key field of this app instead.',
    'lasts',
  ],
  key_misplaced: [
    401,
    'The key stands in a part of the address where Latchkey does not look for it. Paste it into the API key field of this app instead.',
    'lasts',
  ],
  key_in_url: [
    401,
    'This key may not stand in an address. Paste it into the API key field of this app, or open Latchkey and allow the key in addresses.',
    'lasts',
  ],
  key_malformed: [
    401,
    'This key is mistyped or incomplete. Copy it again from where you kept it, or make a new one in Latchkey.',
    'lasts',
  ],
  key_unknown: [
    401,
    'Latchkey does not know this key. It may have been deleted; make a new one in Latchkey and paste it here.',
    'lasts',
  ],
  key_disabled: [401, 'This key is switched off. Switch it on in Latchkey under “Keys”.', 'lasts'],
  key_expired: [401, 'This key has expired. Open Latchkey and give it a new date, or make a new key.', 'lasts'],
  // What they may do
  scope_missing: [403, 'This key may not do this ({detail}). Open Latchkey and change what the key may do.', 'lasts'],
  endpoint_not_allowed: [
    403,
    'This key may not use {detail}. Open Latchkey and change the key’s list of addresses.',
    'lasts',
  ],
  origin_not_allowed: [
    403,
    'This key may not be used from this site. Open Latchkey and add the site to the key.',
    'lasts',
  ],
  origin_not_approved: [
    403,
    'Latchkey is asking whether this site may come in. Open Latchkey, allow the site, and try again.',
    'lasts',
  ],
  model_not_allowed: [
    403,
    'This key may not use this model{detail}. Open Latchkey and change the key’s list of models.',
    'lasts',
  ],
  stays_local: [
    403,
    'This key keeps everything on this computer, but {detail}. To allow that, open Latchkey and switch on “Cloud models and web search” for this key.',
    'lasts',
  ],
  // How much
  rate_limited: [429, 'This key has used up its requests for this minute. Wait a moment and try again.', 'passes'],
  budget_spent: [
    429,
    'This key has used up its tokens for today. It works again tomorrow, or raise its limit in Latchkey.',
    'lasts',
  ],
  budget_reserved: [
    429,
    'Requests with this key are still running and may use up its tokens for today. Wait for one to finish, or raise its limit in Latchkey.',
    'passes',
  ],
  too_many_at_once: [429, 'This key has too many requests running at the same time. Wait for one to finish.', 'passes'],
  slow_down: [429, 'Too many requests with a wrong key came from here. Wait {detail} and check the key.', 'passes'],
  gateway_paused: [503, 'Latchkey is paused. Resume it from its tray menu or its window.', 'lasts', 409],
  gateway_busy: [503, 'Latchkey has too much to do at the moment. Try again shortly.', 'passes'],
  internal_error: [
    500,
    'Something went wrong inside Latchkey, so it did not pass this request on. Try again.',
    'passes',
  ],
  // The upstream
  upstream_unreachable: [
    502,
    'Ollama did not answer at {upstream}. Start Ollama, or correct its address in Latchkey’s settings.',
    'lasts',
    409,
  ],
  upstream_timeout: [
    502,
    'Something at {upstream} took the connection and then said nothing more. Restart Ollama, or correct its address in Latchkey’s settings.',
    'passes',
  ],
  upstream_needs_tls: [
    502,
    'The server at {upstream} speaks only https. Write https instead of http in Ollama’s address, in Latchkey’s settings.',
    'lasts',
    409,
  ],
  upstream_not_tls: [
    502,
    'The server at {upstream} does not speak https. Write http instead of https in Ollama’s address, in Latchkey’s settings.',
    'lasts',
    409,
  ],
  upstream_untrusted: [
    502,
    'Nobody whom Latchkey trusts has signed the certificate of {upstream}. If the server is yours, add its certificate under “Ollama” in Latchkey’s settings.',
    'lasts',
    409,
  ],
  upstream_wrong_name: [
    502,
    'The certificate of {upstream} is for another name. Use the name in the certificate as Ollama’s address, or renew the certificate with this name.',
    'lasts',
    409,
  ],
  upstream_expired: [
    502,
    'The certificate of {upstream} has expired or is not valid yet. Renew it, and check the date on both computers.',
    'lasts',
    409,
  ],
  upstream_tls_failed: [
    502,
    'Latchkey and the server at {upstream} found no common way to encrypt. Check the TLS settings of the server.',
    'lasts',
    409,
  ],
  upstream_not_ollama: [
    502,
    'Something answers at {upstream}, but it is not Ollama. Correct its address in Latchkey’s settings.',
    'lasts',
    409,
  ],
  upstream_failing: [
    502,
    'The server at {upstream} answers with an error of its own. Look on that computer whether Ollama is running.',
    'passes',
  ],
  upstream_wants_key: [
    502,
    'The server at {upstream} wants a key of its own. Set it as Ollama’s own key in Latchkey’s settings.{detail}',
    'lasts',
  ],
  upstream_refuses_key: [
    502,
    'The server at {upstream} refuses the key that Latchkey sends it. Set the right one as Ollama’s own key in Latchkey’s settings.{detail}',
    'lasts',
  ],
  upstream_signed_out: [
    502,
    'This model runs in Ollama’s cloud, and Ollama at {upstream} is not signed in there. Run “ollama signin” on that computer, and try again.',
    'lasts',
  ],
  upstream_unreadable: [
    502,
    'The answer from {upstream} could not be read ({detail}), so Latchkey did not pass it on.',
    'lasts',
  ],
  upstream_broke: [
    502,
    'Ollama at {upstream} broke off before it answered. Try again; if it happens again, restart Ollama.',
    'passes',
  ],
  upstream_invalid: [502, 'The answer from {upstream} was not valid HTTP, so Latchkey did not pass it on.', 'lasts'],
} as const satisfies Record<
  string,
  readonly [status: number, sentence: string, duration: Duration, otherStatus?: number]
>

export type RefusalCode = keyof typeof REFUSALS

/** What can be wrong with the upstream itself, so that every exchange fails likewise. */
export type UpstreamFault = Extract<RefusalCode, `upstream_${string}`>

export function isUpstreamFault(reason: string | null): boolean {
  return reason !== null && reason.startsWith('upstream_') && Object.hasOwn(REFUSALS, reason)
}

/** What may be named in a sentence. Never a secret, never a piece of a body. */
export interface RefusalDetails {
  detail?: string
  port?: number
  upstream?: string
}

/** The method is that of the refused request, where one is known. */
export function statusOf(code: RefusalCode, method = 'GET'): number {
  const [status, , , otherStatus]: readonly [number, string, Duration, number?] = REFUSALS[code]
  return method === 'GET' || method === 'HEAD' ? status : (otherStatus ?? status)
}

export function lasts(code: RefusalCode): boolean {
  return REFUSALS[code][2] === 'lasts'
}

/** The sentence for the person, with its gaps filled. */
export function sentenceOf(code: RefusalCode, details: RefusalDetails = {}): string {
  return REFUSALS[code][1].replace(/\{(\w+)\}/g, (_, gap: keyof RefusalDetails) => String(details[gap] ?? ''))
}
