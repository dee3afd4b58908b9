import type { Outcome } from '#shared/gateway/exchange.ts'
import type { RefusalCode } from '#shared/gateway/refusals.ts'
import type { Scope } from '#shared/keys/scopes.ts'
import type { OriginStatus } from '#shared/origins/origin.ts'

const scopes: Record<Scope, string> = {
  chat: 'chat',
  models: 'see models',
  manage: 'add and delete models',
  usage: 'read usage',
  all: 'everything',
}

const scopeHints: Record<Scope, string> = {
  chat: 'Ask questions and get answers from any model.',
  models: 'See which models there are. Most apps need this to offer a choice.',
  manage: 'Download, copy and delete models.',
  usage: 'Read the usage of all keys.',
  all: 'Everything Ollama can do, now and in later versions.',
}

const outcomes: Record<Outcome, string> = {
  ok: 'Answered',
  refused: 'Refused',
  upstream_error: 'Ollama had an error',
  client_aborted: 'Stopped by the app',
  cut_off: 'Broke off',
}

const originStatus: Record<OriginStatus, string> = {
  allowed: 'Allowed',
  blocked: 'Blocked',
  pending: 'Waiting for you',
}

/** Why a request was refused, in a few words and in one sentence that says what to do. */
const refusals: Record<RefusalCode, readonly [short: string, sentence: string]> = {
  bad_request: ['Not valid', 'The app sent something that is not a valid request.'],
  bad_path: ['Odd address', 'The address in the app is not quite right. Copy it again and paste it into the app.'],
  bad_query: ['Unclear address', 'After the “?” of the address stands something that is not understood here.'],
  bad_body: ['Unreadable', 'The app sent something that could not be read.'],
  ambiguous_model: ['Two models', 'The app named its model twice, so it is not clear which one is meant.'],
  model_too_long: [
    'Model name too long',
    'The app sent a model name that is too long. Choose a model from the list in the app.',
  ],
  origin_too_long: ['Site name too long', 'The app sent the name of a site that is too long.'],
  credentials_conflict: ['Two keys', 'The app sends two different keys. Leave only one in its settings.'],
  too_many_headers: ['Not passed on', 'The app sent too many or too long headers.'],
  target_too_long: ['Address too long', 'The address of the request is too long.'],
  request_timeout: ['Took too long', 'The request took too long to arrive. Try again in the app.'],
  method_not_allowed: ['Not passed on', 'The app sent a kind of request that Latchkey does not pass on.'],
  header_repeated: ['Not valid', 'The app sent a header twice that may be there only once.'],
  not_a_proxy: [
    'Wrong address',
    'The app uses Latchkey as a proxy. Take it out of the proxy settings, copy the address, and paste it into the app.',
  ],
  wrong_address: [
    'Wrong address',
    'There is nothing at the address that the app asked for. Copy the address again and paste it into the app.',
  ],
  body_too_large: ['Too large', 'What the app sent is too large.'],
  not_implemented: ['Not passed on', 'The app asked for a kind of connection that Latchkey does not pass on.'],
  host_not_allowed: [
    'Wrong address',
    'The app uses another name for this computer. Copy the address again and paste it into the app.',
  ],
  origin_blocked: ['Site blocked', 'The request came from a site or extension that is blocked.'],
  key_missing: ['No key', 'A request came without a key. Paste the key into the app’s API key field.'],
  key_in_query: ['Key in the wrong place', 'The key stands in the wrong place. Paste it into the app’s API key field.'],
  key_misplaced: [
    'Key in the wrong place',
    'The key is in a part of the address where Latchkey does not look. Paste it into the app’s API key field.',
  ],
  key_in_url: [
    'Key in the address',
    'This key may not stand in an address. Paste it into the app’s API key field, or allow it.',
  ],
  key_malformed: [
    'Key mistyped',
    'The key that came is mistyped or incomplete. Copy it again and paste it into the app.',
  ],
  key_unknown: ['Unknown key', 'A key came that Latchkey does not know. Copy this one and paste it into the app.'],
  key_disabled: ['Key switched off', 'The key is switched off.'],
  key_expired: ['Key expired', 'The key has expired. Give it a new date under “Keys”.'],
  scope_missing: ['Not permitted', 'The app wants to do something that this key may not do.'],
  endpoint_not_allowed: ['Not permitted', 'The app wants to use a part of Ollama that is not on this key’s list.'],
  origin_not_allowed: [
    'Wrong site for the key',
    'This key may not be used from there. Add the site to the key under “Keys”.',
  ],
  origin_not_approved: ['Waiting for you', 'Latchkey asks first before a new site or extension may come in.'],
  model_not_allowed: ['Model not permitted', 'This key may not use that model. Add the model to the key under “Keys”.'],
  stays_local: [
    'Would leave this computer',
    'The app wanted a model in the cloud, or a web search. This key keeps everything on this computer.',
  ],
  rate_limited: ['Too fast', 'The key has used up its requests for this minute. Wait a moment and try again.'],
  budget_reserved: [
    'Limit nearly reached',
    'Requests of this key are still running and may use up its tokens for today. Wait for one to finish, or raise the limit.',
  ],
  budget_spent: ['Limit reached', 'The key has used up its tokens for today.'],
  too_many_at_once: [
    'Too many at once',
    'The key has too many requests running at the same time. Wait for one to finish.',
  ],
  slow_down: ['Too many wrong keys', 'Too many requests with a wrong key. Wait a minute, then paste the key again.'],
  gateway_paused: ['Paused', 'Latchkey is paused.'],
  gateway_busy: ['Busy', 'Latchkey is very busy at the moment. Try again shortly.'],
  internal_error: ['Error in Latchkey', 'Something went wrong inside Latchkey. Try again in the app.'],
  upstream_unreachable: [
    'Ollama not reachable',
    'The key works, but Ollama did not answer. Start Ollama and try again.',
  ],
  upstream_timeout: [
    'Ollama is stuck',
    'The key works, but Ollama took the request and then said nothing more. Restart Ollama and try again.',
  ],
  upstream_needs_tls: [
    'Ollama speaks only https',
    'Ollama’s address begins with http, and the server there wants https. Correct the address in the settings.',
  ],
  upstream_not_tls: [
    'Ollama speaks no https',
    'Ollama’s address begins with https, and the server there speaks only http. Correct the address in the settings.',
  ],
  upstream_untrusted: [
    'Unknown certificate',
    'Nobody whom Latchkey trusts has signed the certificate of Ollama’s server. If the server is yours, add its certificate in the settings.',
  ],
  upstream_wrong_name: [
    'Certificate for another name',
    'The certificate of Ollama’s server is for another name than the one in its address.',
  ],
  upstream_expired: [
    'Certificate out of date',
    'The certificate of Ollama’s server has expired or is not valid yet. Renew it, and check the date on both computers.',
  ],
  upstream_tls_failed: [
    'No secure connection',
    'Latchkey and Ollama’s server found no common way to encrypt. Check the TLS settings of the server.',
  ],
  upstream_not_ollama: [
    'Not Ollama',
    'Something else than Ollama answers at its address. Correct the address in the settings.',
  ],
  upstream_failing: [
    'Ollama’s server has an error',
    'The server in front of Ollama answers with an error of its own. Look on that computer whether Ollama is running.',
  ],
  upstream_wants_key: [
    'Ollama wants a key',
    'Ollama’s server wants a key of its own. Set it in the settings, under “Ollama”.',
  ],
  upstream_refuses_key: [
    'Ollama refuses its key',
    'Ollama’s server refuses the key that Latchkey sends it. Set the right one in the settings, under “Ollama”.',
  ],
  upstream_signed_out: [
    'Not signed in to Ollama’s cloud',
    'This model runs in Ollama’s cloud. Run “ollama signin” on Ollama’s computer, and try again in the app.',
  ],
  upstream_unreadable: [
    'Unreadable answer',
    'Ollama’s answer was compressed or long in a way that Latchkey cannot read.',
  ],
  upstream_broke: ['Ollama broke off', 'Ollama closed the connection before it answered. Try again in the app.'],
  upstream_invalid: ['Invalid answer', 'Ollama’s answer could not be understood.'],
}

export const words = {
  scopes,
  scopeHints,
  outcomes,
  originStatus,
  refusals,
  never: 'never',
  justNow: 'just now',
  noModel: 'No model',
  noKey: 'No key',
  stillDown: 'Ollama still does not answer. Start it, then look again.',
  deletedKey: 'A deleted key',
  deleted: (name: string) => `${name} (deleted)`,
  noOrigin: 'Apps and scripts (no site)',
  noRoute: 'Unknown',
  noOwner: 'No person named',
  nullOrigin: 'A page without an address',
  otherModels: 'Other models',
  otherSites: 'Other sites',
  otherPrograms: 'Other programs',
  extension: 'Extension',
}
