/** What the console can do, or help to do, so that such a request comes through. Each page draws it in its own way. */
export type Remedy =
  | 'allowOrigin'
  | 'addOrigin'
  | 'addModel'
  | 'addEndpoint'
  | 'addScope'
  | 'allowInUrl'
  | 'allowOnline'
  | 'enableKey'
  | 'openKeys'
  | 'giveKey'
  | 'copyAddress'
  | 'resume'
  | 'checkUpstream'

export interface RefusalRow {
  readonly status: number
  /**
   * The status for requests that are no GET or HEAD, where it is another. Clients send a failed POST again and again for
   * minutes where the status is 5xx, and show the sentence only then (LangChain, Codex); a monitor asks with GET.
   */
  readonly writeStatus?: number
  /** Whether waiting helps, so that it is worth trying again, or a person or a program has to change something. */
  readonly mends: 'waiting' | 'change'
  /** null where only the app can do something. */
  readonly remedy: Remedy | null
  /** Tells the person what to do. `sentenceOf` fills the `{name}` parts: never a secret, nor a piece of a body. */
  readonly sentence: string
}

/**
 * Every refusal of the gateway, one row each, identified by its code. docs/http.md gives the reason for each status, and
 * docs/troubleshooting.md has a section for each code.
 */
export const REFUSALS = {
  // The request itself
  bad_request: {
    status: 400,
    mends: 'change',
    remedy: null,
    sentence: 'This request is not valid HTTP, so Latchkey did not pass it on.',
  },
  bad_path: {
    status: 400,
    mends: 'change',
    remedy: 'copyAddress',
    sentence:
      'The address of this request is written in a way Latchkey does not accept ({detail}). Check the address in the app’s settings.',
  },
  bad_query: {
    status: 400,
    mends: 'change',
    remedy: null,
    sentence: 'The part of this address after the “?” is not understood here ({detail}).',
  },
  bad_body: {
    status: 400,
    mends: 'change',
    remedy: null,
    sentence: 'The body of this request could not be read ({detail}).',
  },
  ambiguous_model: {
    status: 400,
    mends: 'change',
    remedy: null,
    sentence: 'This request names its model more than once, so Latchkey cannot tell which one is meant.',
  },
  model_too_long: {
    status: 400,
    mends: 'change',
    remedy: null,
    sentence:
      'The name of the model in this request is too long ({detail}). Choose a model of your list in the app’s settings.',
  },
  origin_too_long: {
    status: 400,
    mends: 'change',
    remedy: null,
    sentence: 'The Origin header of this request is too long ({detail}), so Latchkey did not pass it on.',
  },
  credentials_conflict: {
    status: 400,
    mends: 'change',
    remedy: null,
    sentence: 'This request carries two different keys. Leave only one in the app’s settings.',
  },
  too_many_headers: {
    status: 431,
    mends: 'change',
    remedy: null,
    sentence: 'This request has too many or too long headers, so Latchkey did not pass it on.',
  },
  target_too_long: {
    status: 414,
    mends: 'change',
    remedy: null,
    sentence: 'The address of this request is too long, so Latchkey did not pass it on.',
  },
  request_timeout: {
    status: 408,
    mends: 'waiting',
    remedy: null,
    sentence: 'This request took too long to arrive, so Latchkey gave up on it.',
  },
  method_not_allowed: { status: 405, mends: 'change', remedy: null, sentence: 'There is no {detail} at this address.' },
  header_repeated: {
    status: 400,
    mends: 'change',
    remedy: null,
    sentence: 'This request has the header “{detail}” more than once, so Latchkey cannot tell which one counts.',
  },
  not_a_proxy: {
    status: 400,
    mends: 'change',
    remedy: 'copyAddress',
    sentence:
      'This app uses Latchkey as a proxy for another address. Take Latchkey out of its proxy settings, and use http://localhost:{port} as the address.',
  },
  wrong_address: {
    status: 404,
    mends: 'change',
    remedy: 'copyAddress',
    sentence: 'There is nothing at this address. Use {detail} as the address in this app’s settings.',
  },
  body_too_large: {
    status: 413,
    mends: 'change',
    remedy: null,
    sentence: 'This request is too large: at most {detail} are allowed here.',
  },
  not_implemented: {
    status: 501,
    mends: 'change',
    remedy: null,
    sentence: 'Latchkey does not pass on connection upgrades.',
  },
  // Who is asking
  host_not_allowed: {
    status: 403,
    mends: 'change',
    remedy: 'copyAddress',
    sentence:
      'Latchkey does not answer under this host name. Use http://localhost:{port} as the address, or add the name in Latchkey’s settings.',
  },
  origin_blocked: {
    status: 403,
    mends: 'change',
    remedy: 'allowOrigin',
    sentence: 'This site is blocked in Latchkey. To let it in, open Latchkey and allow it under “Sites & extensions”.',
  },
  key_missing: {
    status: 401,
    mends: 'change',
    remedy: 'giveKey',
    sentence: 'Latchkey needs a key. Open Latchkey, make a key, and paste it into the API key field of this app.',
  },
  key_in_query: {
    status: 401,
    mends: 'change',
    remedy: 'giveKey',
    sentence:
      'The key stands in the query of the address, where Latchkey does not accept it. Paste it into the API key field of this app instead.',
  },
  key_misplaced: {
    status: 401,
    mends: 'change',
    remedy: 'giveKey',
    sentence:
      'The key stands in a part of the address where Latchkey does not look for it. Paste it into the API key field of this app instead.',
  },
  key_in_url: {
    status: 401,
    mends: 'change',
    remedy: 'allowInUrl',
    sentence:
      'This key may not stand in an address. Paste it into the API key field of this app, or open Latchkey and allow the key in addresses.',
  },
  key_malformed: {
    status: 401,
    mends: 'change',
    remedy: 'giveKey',
    sentence:
      'This key is mistyped or incomplete. Copy it again from where you kept it, or make a new one in Latchkey.',
  },
  key_unknown: {
    status: 401,
    mends: 'change',
    remedy: 'giveKey',
    sentence:
      'Latchkey does not know this key. It may have been deleted; make a new one in Latchkey and paste it here.',
  },
  key_disabled: {
    status: 401,
    mends: 'change',
    remedy: 'enableKey',
    sentence: 'This key is switched off. Switch it on in Latchkey under “Keys”.',
  },
  key_expired: {
    status: 401,
    mends: 'change',
    remedy: 'openKeys',
    sentence: 'This key has expired. Open Latchkey and give it a new date, or make a new key.',
  },
  // What they may do
  scope_missing: {
    status: 403,
    mends: 'change',
    remedy: 'addScope',
    sentence: 'This key may not do this ({detail}). Open Latchkey and change what the key may do.',
  },
  endpoint_not_allowed: {
    status: 403,
    mends: 'change',
    remedy: 'addEndpoint',
    sentence: 'This key may not use {detail}. Open Latchkey and change the key’s list of addresses.',
  },
  origin_not_allowed: {
    status: 403,
    mends: 'change',
    remedy: 'addOrigin',
    sentence: 'This key may not be used from this site. Open Latchkey and add the site to the key.',
  },
  origin_not_approved: {
    status: 403,
    mends: 'change',
    remedy: 'allowOrigin',
    sentence: 'Latchkey is asking whether this site may come in. Open Latchkey, allow the site, and try again.',
  },
  model_not_allowed: {
    status: 403,
    mends: 'change',
    remedy: 'addModel',
    sentence: 'This key may not use this model{detail}. Open Latchkey and change the key’s list of models.',
  },
  stays_local: {
    status: 403,
    mends: 'change',
    remedy: 'allowOnline',
    sentence:
      'This key keeps everything on this computer, but {detail}. To allow that, open Latchkey and switch on “Cloud models and web search” for this key.',
  },
  // How much
  rate_limited: {
    status: 429,
    mends: 'waiting',
    remedy: 'openKeys',
    sentence: 'This key has used up its requests for this minute. Wait a moment and try again.',
  },
  budget_spent: {
    status: 429,
    mends: 'change',
    remedy: 'openKeys',
    sentence: 'This key has used up its tokens for today. It works again tomorrow, or raise its limit in Latchkey.',
  },
  budget_reserved: {
    status: 429,
    mends: 'waiting',
    remedy: 'openKeys',
    sentence:
      'Requests with this key are still running and may use up its tokens for today. Wait for one to finish, or raise its limit in Latchkey.',
  },
  too_many_at_once: {
    status: 429,
    mends: 'waiting',
    remedy: 'openKeys',
    sentence: 'This key has too many requests running at the same time. Wait for one to finish.',
  },
  slow_down: {
    status: 429,
    mends: 'waiting',
    remedy: 'giveKey',
    sentence: 'Too many requests with a wrong key came from here. Wait {detail} and check the key.',
  },
  gateway_paused: {
    status: 503,
    writeStatus: 409,
    mends: 'change',
    remedy: 'resume',
    sentence: 'Latchkey is paused. Resume it from its tray menu or its window.',
  },
  gateway_busy: {
    status: 503,
    mends: 'waiting',
    remedy: null,
    sentence: 'Latchkey has too much to do at the moment. Try again shortly.',
  },
  internal_error: {
    status: 500,
    mends: 'waiting',
    remedy: null,
    sentence: 'Something went wrong inside Latchkey, so it did not pass this request on. Try again.',
  },
  // The upstream
  upstream_unreachable: {
    status: 502,
    writeStatus: 409,
    mends: 'change',
    remedy: 'checkUpstream',
    sentence: 'Ollama did not answer at {upstream}. Start Ollama, or correct its address in Latchkey’s settings.',
  },
  upstream_timeout: {
    status: 502,
    mends: 'waiting',
    remedy: 'checkUpstream',
    sentence:
      'Something at {upstream} took the connection and then said nothing more. Restart Ollama, or correct its address in Latchkey’s settings.',
  },
  upstream_needs_tls: {
    status: 502,
    writeStatus: 409,
    mends: 'change',
    remedy: 'checkUpstream',
    sentence:
      'The server at {upstream} speaks only https. Write https instead of http in Ollama’s address, in Latchkey’s settings.',
  },
  upstream_not_tls: {
    status: 502,
    writeStatus: 409,
    mends: 'change',
    remedy: 'checkUpstream',
    sentence:
      'The server at {upstream} does not speak https. Write http instead of https in Ollama’s address, in Latchkey’s settings.',
  },
  upstream_untrusted: {
    status: 502,
    writeStatus: 409,
    mends: 'change',
    remedy: 'checkUpstream',
    sentence:
      'Nobody whom Latchkey trusts has signed the certificate of {upstream}. If the server is yours, add its certificate under “Ollama” in Latchkey’s settings.',
  },
  upstream_wrong_name: {
    status: 502,
    writeStatus: 409,
    mends: 'change',
    remedy: 'checkUpstream',
    sentence:
      'The certificate of {upstream} is for another name. Use the name in the certificate as Ollama’s address, or renew the certificate with this name.',
  },
  upstream_expired: {
    status: 502,
    writeStatus: 409,
    mends: 'change',
    remedy: 'checkUpstream',
    sentence:
      'The certificate of {upstream} has expired or is not valid yet. Renew it, and check the date on both computers.',
  },
  upstream_tls_failed: {
    status: 502,
    writeStatus: 409,
    mends: 'change',
    remedy: 'checkUpstream',
    sentence:
      'Latchkey and the server at {upstream} found no common way to encrypt. Check the TLS settings of the server.',
  },
  upstream_not_ollama: {
    status: 502,
    writeStatus: 409,
    mends: 'change',
    remedy: 'checkUpstream',
    sentence: 'Something answers at {upstream}, but it is not Ollama. Correct its address in Latchkey’s settings.',
  },
  upstream_failing: {
    status: 502,
    mends: 'waiting',
    remedy: 'checkUpstream',
    sentence:
      'The server at {upstream} answers with an error of its own. Look on that computer whether Ollama is running.',
  },
  upstream_wants_key: {
    status: 502,
    writeStatus: 409,
    mends: 'change',
    remedy: 'checkUpstream',
    sentence:
      'The server at {upstream} wants a key of its own. Set it as Ollama’s own key in Latchkey’s settings.{detail}',
  },
  upstream_refuses_key: {
    status: 502,
    writeStatus: 409,
    mends: 'change',
    remedy: 'checkUpstream',
    sentence:
      'The server at {upstream} refuses the key that Latchkey sends it. Set the right one as Ollama’s own key in Latchkey’s settings.{detail}',
  },
  upstream_signed_out: {
    status: 502,
    writeStatus: 409,
    mends: 'change',
    remedy: 'checkUpstream',
    sentence:
      'This model runs in Ollama’s cloud, and Ollama at {upstream} is not signed in there. Run “ollama signin” on that computer, and try again.',
  },
  upstream_unreadable: {
    status: 502,
    mends: 'change',
    remedy: 'checkUpstream',
    sentence: 'The answer from {upstream} could not be read ({detail}), so Latchkey did not pass it on.',
  },
  upstream_broke: {
    status: 502,
    mends: 'waiting',
    remedy: 'checkUpstream',
    sentence: 'Ollama at {upstream} broke off before it answered. Try again; if it happens again, restart Ollama.',
  },
  upstream_invalid: {
    status: 502,
    mends: 'change',
    remedy: 'checkUpstream',
    sentence: 'The answer from {upstream} was not valid HTTP, so Latchkey did not pass it on.',
  },
} as const satisfies Record<string, RefusalRow>
