/** The remedy that the console offers for a refusal. `src-renderer/parts/remedies/remedy-table.ts` has its action. */
export type Remedy =
  | 'allowOrigin'
  | 'addOrigin'
  | 'addModel'
  | 'addEndpoint'
  | 'addScope'
  | 'allowInUrl'
  | 'allowOnline'
  | 'allowOtherApps'
  | 'enableKey'
  | 'openKeys'
  | 'giveKey'
  | 'copyAddress'
  | 'resume'
  | 'checkUpstream'

export interface RefusalRow {
  readonly status: number
  /**
   * The status for methods other than GET and HEAD, if it differs. Clients retry a failed POST for minutes after a 5xx
   * and show the sentence only then (LangChain, Codex). Monitors use GET and expect a 5xx.
   */
  readonly writeStatus?: number
  /** `waiting`: a later retry may succeed. `change`: a person or a program has to change something first. */
  readonly mends: 'waiting' | 'change'
  /** null if only the app can fix the request. */
  readonly remedy: Remedy | null
  /** Tells the person what to do. `sentenceOf` fills the `{name}` parts, never with a secret or a piece of a body. */
  readonly sentence: string
}

/**
 * Every refusal of the gateway, one row per code. docs/http.md gives the reason for each status;
 * docs/troubleshooting.md has a section for each code.
 */
export const REFUSALS = {
  // The request itself
  bad_request: {
    status: 400,
    mends: 'change',
    remedy: null,
    sentence:
      'This request is not valid HTTP, so Latchkey did not forward it. Report this to the developer of the app.',
  },
  bad_path: {
    status: 400,
    mends: 'change',
    remedy: 'copyAddress',
    sentence:
      'Latchkey does not accept the address of this request ({detail}). Check the address in the app’s settings.',
  },
  bad_query: {
    status: 400,
    mends: 'change',
    remedy: null,
    sentence: 'The query after the “?” in this address is wrong ({detail}). Correct it and try again.',
  },
  bad_body: {
    status: 400,
    mends: 'change',
    remedy: null,
    sentence: 'Latchkey could not read the body of this request ({detail}). Report this to the developer of the app.',
  },
  ambiguous_model: {
    status: 400,
    mends: 'change',
    remedy: null,
    sentence:
      'This request names its model more than once, so Latchkey cannot tell which one to check. Report this to the developer of the app.',
  },
  model_too_long: {
    status: 400,
    mends: 'change',
    remedy: null,
    sentence: 'The model name in this request is too long ({detail}). Choose another model in the app’s settings.',
  },
  origin_too_long: {
    status: 400,
    mends: 'change',
    remedy: null,
    sentence: 'The Origin header of this request is too long ({detail}). Report this to the developer of the app.',
  },
  credentials_conflict: {
    status: 400,
    mends: 'change',
    remedy: null,
    sentence: 'This request contains two different keys. Keep only one of them in the app’s settings.',
  },
  too_many_headers: {
    status: 431,
    mends: 'change',
    remedy: null,
    sentence: 'The headers of this request are too many or too long. Report this to the developer of the app.',
  },
  target_too_long: {
    status: 414,
    mends: 'change',
    remedy: null,
    sentence: 'The address of this request is too long. Check the address in the app’s settings.',
  },
  request_timeout: {
    status: 408,
    mends: 'waiting',
    remedy: null,
    sentence: 'This request took too long to arrive, so Latchkey stopped waiting for it. Try again.',
  },
  method_not_allowed: {
    status: 405,
    mends: 'change',
    remedy: null,
    sentence: 'This address does not accept the method {detail}. Report this to the developer of the app.',
  },
  header_repeated: {
    status: 400,
    mends: 'change',
    remedy: null,
    sentence:
      'This request has more than one “{detail}” header, so Latchkey cannot tell which one is valid. Report this to the developer of the app.',
  },
  not_a_proxy: {
    status: 400,
    mends: 'change',
    remedy: 'copyAddress',
    sentence:
      'This app uses Latchkey as a proxy for another address. Remove Latchkey from its proxy settings, and use http://localhost:{port} as the address.',
  },
  wrong_address: {
    status: 404,
    mends: 'change',
    remedy: 'copyAddress',
    sentence: 'Nothing exists at this address. Use {detail} as the address in this app’s settings.',
  },
  body_too_large: {
    status: 413,
    mends: 'change',
    remedy: null,
    sentence: 'This request is too large. The limit is {detail}. Send less, such as a smaller image or a shorter chat.',
  },
  not_implemented: {
    status: 501,
    mends: 'change',
    remedy: null,
    sentence: 'Latchkey does not support connection upgrades such as WebSocket. Use plain HTTP requests.',
  },
  // Who is asking
  host_not_allowed: {
    status: 403,
    mends: 'change',
    remedy: 'copyAddress',
    sentence:
      'Latchkey does not accept this host name. Use http://localhost:{port} as the address on this computer, and the address that Latchkey shows on others, or add the name in Latchkey’s settings.',
  },
  origin_blocked: {
    status: 403,
    mends: 'change',
    remedy: 'allowOrigin',
    sentence: 'This site is blocked in Latchkey. To unblock it, open Latchkey and allow it under “Sites & extensions”.',
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
      'Latchkey does not accept a key in the query of an address. Paste the key into the API key field of this app instead.',
  },
  key_misplaced: {
    status: 401,
    mends: 'change',
    remedy: 'giveKey',
    sentence:
      'Latchkey does not accept a key in this part of an address. Paste the key into the API key field of this app instead.',
  },
  key_in_url: {
    status: 401,
    mends: 'change',
    remedy: 'allowInUrl',
    sentence:
      'This key is not allowed in an address. Paste it into the API key field of this app, or open Latchkey and allow the key in addresses.',
  },
  key_malformed: {
    status: 401,
    mends: 'change',
    remedy: 'giveKey',
    sentence:
      'This key is mistyped or incomplete. Copy it again from where you saved it, or make a new one in Latchkey.',
  },
  key_unknown: {
    status: 401,
    mends: 'change',
    remedy: 'giveKey',
    sentence:
      'Latchkey does not know this key. It may have been deleted. Make a new key in Latchkey and paste it into this app.',
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
    sentence: 'This key has expired. Open Latchkey and set a new expiry date, or make a new key.',
  },
  person_paused: {
    status: 403,
    mends: 'change',
    remedy: null,
    sentence: 'The person this key belongs to is paused. Ask the owner of this Latchkey to let them in again.',
  },
  person_hours: {
    status: 403,
    mends: 'change',
    remedy: null,
    sentence: 'This key works only at certain hours. It works again at {detail}.',
  },
  other_app: {
    status: 403,
    mends: 'change',
    remedy: 'allowOtherApps',
    sentence:
      'This key was made for {detail}, and this is another app. Open Latchkey to allow the key in other apps, or make a new key for this app.',
  },
  // What they may do
  scope_missing: {
    status: 403,
    mends: 'change',
    remedy: 'addScope',
    sentence: 'This key does not have permission for this ({detail}). Open Latchkey and change the key’s permissions.',
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
    sentence: 'This key is not allowed for this site. Open Latchkey and add the site to the key.',
  },
  origin_not_approved: {
    status: 403,
    mends: 'change',
    remedy: 'allowOrigin',
    sentence: 'This site is new and needs your approval. Open Latchkey, allow the site, and try again.',
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
      'This key keeps everything on this computer, but {detail}. To allow this, open Latchkey and switch on “Cloud models and web search” for the key.',
  },
  person_not_allowed: {
    status: 403,
    mends: 'change',
    remedy: null,
    sentence:
      'The person this key belongs to has a rule against this: their keys may not {detail}. Ask the owner of this Latchkey to change it.',
  },
  // How much
  rate_limited: {
    status: 429,
    mends: 'waiting',
    remedy: 'openKeys',
    sentence:
      'This key has used up its requests for this minute. Wait a moment and try again. Latchkey has asked whether to allow more.',
  },
  budget_spent: {
    status: 429,
    mends: 'change',
    remedy: 'openKeys',
    // ASCII only: Codex gets it in a header.
    sentence:
      'This key has used up its tokens for today. Latchkey has asked whether to allow more: wait for the answer, or until tomorrow.',
  },
  budget_reserved: {
    status: 429,
    mends: 'waiting',
    remedy: 'openKeys',
    sentence:
      'Running requests with this key may use up its tokens for today. Wait for one to finish, or raise the key’s limit in Latchkey.',
  },
  too_many_at_once: {
    status: 429,
    mends: 'waiting',
    remedy: 'openKeys',
    sentence:
      'This key has too many requests running at once. Wait for one to finish. Latchkey has asked whether to allow more.',
  },
  // How much all keys of a person may use together
  person_rate_limited: {
    status: 429,
    mends: 'waiting',
    remedy: null,
    sentence:
      'All keys of this person together have used up their requests for this minute. Wait a moment and try again.',
  },
  person_budget_spent: {
    status: 429,
    mends: 'change',
    remedy: null,
    // ASCII only: Codex gets it in a header.
    sentence:
      'All keys of this person together have used up their tokens for today. Wait until tomorrow, or ask the owner of this Latchkey for more.',
  },
  person_budget_reserved: {
    status: 429,
    mends: 'waiting',
    remedy: null,
    sentence:
      'Running requests with the keys of this person may use up their shared tokens for today. Wait for one to finish.',
  },
  person_too_many_at_once: {
    status: 429,
    mends: 'waiting',
    remedy: null,
    sentence: 'All keys of this person together have too many requests running at once. Wait for one to finish.',
  },
  slow_down: {
    status: 429,
    mends: 'waiting',
    remedy: 'giveKey',
    sentence: 'This device sent too many requests with a wrong key. Wait {detail} and check the key.',
  },
  // An app that asks for a key
  pairing_origin: {
    status: 403,
    mends: 'change',
    remedy: null,
    sentence: 'A request for a key must come from the app itself ({detail}). Report this to the developer of the app.',
  },
  pairing_busy: {
    status: 429,
    mends: 'waiting',
    remedy: null,
    sentence:
      'Too many requests for a key are open, or this app asked too often. Answer them in Latchkey, or wait {detail}.',
  },
  gateway_paused: {
    status: 503,
    writeStatus: 409,
    mends: 'change',
    remedy: 'resume',
    sentence: 'Latchkey is paused. Resume it from its tray menu or its window.',
  },
  database_away: {
    status: 503,
    mends: 'waiting',
    remedy: null,
    sentence:
      'Latchkey has not reached its database for too long, so it refuses every request. It continues by itself when the database is back.',
  },
  gateway_busy: {
    status: 503,
    mends: 'waiting',
    remedy: null,
    sentence: 'Latchkey is too busy at the moment. Try again shortly.',
  },
  internal_error: {
    status: 500,
    mends: 'waiting',
    remedy: null,
    sentence: 'Latchkey had an internal error and did not forward this request. Try again.',
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
      'The server at {upstream} accepted the connection but did not answer. Restart Ollama, or correct its address in Latchkey’s settings.',
  },
  upstream_needs_tls: {
    status: 502,
    writeStatus: 409,
    mends: 'change',
    remedy: 'checkUpstream',
    sentence:
      'The server at {upstream} accepts only https. Change http to https in Ollama’s address, in Latchkey’s settings.',
  },
  upstream_not_tls: {
    status: 502,
    writeStatus: 409,
    mends: 'change',
    remedy: 'checkUpstream',
    sentence:
      'The server at {upstream} does not support https. Change https to http in Ollama’s address, in Latchkey’s settings.',
  },
  upstream_untrusted: {
    status: 502,
    writeStatus: 409,
    mends: 'change',
    remedy: 'checkUpstream',
    sentence:
      'Latchkey does not trust the certificate of {upstream}. If the server is yours, add its certificate under “Ollama” in Latchkey’s settings.',
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
      'Latchkey and the server at {upstream} could not agree on an encrypted connection. Check the TLS settings of the server.',
  },
  upstream_not_ollama: {
    status: 502,
    writeStatus: 409,
    mends: 'change',
    remedy: 'checkUpstream',
    sentence: 'The server at {upstream} is not Ollama. Correct Ollama’s address in Latchkey’s settings.',
  },
  upstream_failing: {
    status: 502,
    mends: 'waiting',
    remedy: 'checkUpstream',
    sentence: 'The server at {upstream} answers with its own error. Check that Ollama is running on that computer.',
  },
  upstream_wants_key: {
    status: 502,
    writeStatus: 409,
    mends: 'change',
    remedy: 'checkUpstream',
    sentence:
      'The server at {upstream} requires its own key. Set it as Ollama’s own key in Latchkey’s settings.{detail}',
  },
  upstream_refuses_key: {
    status: 502,
    writeStatus: 409,
    mends: 'change',
    remedy: 'checkUpstream',
    sentence:
      'The server at {upstream} rejects the key that Latchkey sends. Set the right key as Ollama’s own key in Latchkey’s settings.{detail}',
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
    sentence: 'Latchkey could not read the answer from {upstream} ({detail}). Restart or update the server there.',
  },
  upstream_broke: {
    status: 502,
    mends: 'waiting',
    remedy: 'checkUpstream',
    sentence:
      'Ollama at {upstream} closed the connection before it answered. Try again. If the error returns, restart Ollama.',
  },
  upstream_invalid: {
    status: 502,
    mends: 'change',
    remedy: 'checkUpstream',
    sentence:
      'The answer from {upstream} was not valid HTTP. Check that this is Ollama’s address, and restart the server there.',
  },
} as const satisfies Record<string, RefusalRow>
