import { z } from 'zod'

/**
 * Every problem that the core reports to a person, by code, with the names of the values in its sentence. The core's
 * own sentence is English; each other language has a sentence per code.
 */
export const PROBLEM_PARTS = {
  // The request to the console API
  not_found: [],
  too_large: [],
  bad_json: [],
  json_needed: [],
  internal: [],
  session_missing: [],
  time_zone_unknown: [],
  // An invalid field; `field` is its name in the API
  input_wrong: ['field'],
  input_unknown: ['field'],
  input_missing: ['field'],
  input_type: ['field'],
  input_choice: ['field', 'choices'],
  input_too_small: ['field', 'limit'],
  input_too_big: ['field', 'limit'],
  input_too_short: ['field', 'limit'],
  input_too_long: ['field', 'limit'],
  input_too_few: ['field', 'limit'],
  input_too_many: ['field', 'limit'],
  key_name_missing: [],
  key_name_too_long: [],
  key_without_scope: [],
  endpoint_wrong: [],
  upstream_wrong: [],
  certificate_wrong: [],
  certificate_is_key: [],
  lan_wrong: [],
  host_name_wrong: [],
  upstream_key_wrong: [],
  pasted_key_missing: [],
  pasted_key_too_long: [],
  pasted_key_wrong: [],
  model_missing: [],
  question_missing: [],
  question_too_long: [],
  range_wrong: [],
  cursor_wrong: [],
  origin_wrong: [],
  // Keys and sites
  origin_invalid: ['origin'],
  endpoint_invalid: ['endpoint'],
  text_unseen: [],
  /** Pairing; `so`: `approved`, `declined` or `over`. */
  pairing_answered: ['so'],
  pairing_code_wrong: [],
  /** Import of a setup */
  setup_key_twice: ['id'],
  setup_secret_twice: ['name'],
  setup_secret_wrong: ['name'],
  /** `so`: `unchanged`, `key_stopped` or `site_blocked`. */
  store_failed: ['so'],
  // The gateway and the upstream; `by`: `latchkey`, `ollama` or `other`
  port_taken: ['port', 'by'],
  port_forbidden: ['port'],
  no_address: [],
  gateway_stopped: [],
  upstream_invalid: [],
  upstream_is_gateway: ['url'],
  upstream_stopped: ['url'],
  upstream_not_ollama: ['url'],
  upstream_timeout: ['url'],
  upstream_failing: ['url'],
  upstream_needs_tls: ['url'],
  upstream_not_tls: ['url'],
  upstream_untrusted: ['url'],
  upstream_wrong_name: ['url'],
  upstream_expired: ['url'],
  upstream_tls_failed: ['url'],
  upstream_wants_key: ['url'],
  upstream_refuses_key: ['url'],
  lan_address_missing: ['addresses'],
  // Settings, start at login and the keyring
  settings_not_saved: ['path'],
  login_item_unavailable: [],
  login_item_failed: [],
  quit_unavailable: [],
  no_keyring: [],
  no_keyring_service: [],
  weak_keyring: [],
  keyring_changed: [],
  credential_unreadable: [],
  credential_from_environment: [],
  credential_for_another: ['origin'],
  // Hand-over by file; `app` is a name, the others are paths
  handover_no_home: [],
  handover_no_model: [],
  handover_unreadable: ['path'],
  handover_outside: ['path'],
  handover_not_plain: ['path'],
  handover_not_owned: ['path'],
  handover_read_only: ['path'],
  handover_too_large: ['path'],
  handover_no_folder: ['path'],
  handover_not_parsed: ['path'],
  handover_unexpected: ['path'],
  handover_hides: ['path', 'other'],
  handover_changed: ['path'],
  handover_plan_old: [],
  handover_disk_full: ['path'],
  handover_failed: ['path'],
  handover_key_wrong: [],
  handover_not_connected: ['app'],
  handover_edited: ['path', 'backup'],
  /** For a file that Latchkey created. */
  handover_edited_new: ['path'],
  handover_backup_damaged: ['path', 'backup'],
  // The store
  store_full: [],
  store_not_writable: [],
  store_not_readable: [],
  store_io: [],
  store_busy: [],
  store_damaged: [],
  store_too_new: [],
  store_missing: ['path'],
  /** `why` is a `DamageReason`; `kept` is a path or empty; the rest are numbers. */
  store_recovered: ['why', 'keys', 'secrets', 'sites', 'requests', 'kept'],
  key_unreadable: ['id'],
  site_unreadable: ['origin'],
  usage_dropped: [],
  backup_damaged: [],
  backup_unusable: [],
  store_lost: [],
  /** `kept` is a path or empty. */
  backup_restored: ['kept'],
} as const satisfies Record<string, readonly string[]>

/** Why the data file could not be opened. */
export type DamageReason = 'missing' | 'empty' | 'unreadable' | 'foreign' | 'parts' | 'interrupted'

export type ProblemCode = keyof typeof PROBLEM_PARTS
export type ProblemParts<C extends ProblemCode> = Readonly<Record<(typeof PROBLEM_PARTS)[C][number], string>>

/** A problem as the console API sends it. A newer core may send codes that an older page does not know. */
export const problemSchema = z.object({
  code: z.string(),
  /** One sentence in English. Never a secret. */
  message: z.string(),
  parts: z.record(z.string(), z.string()).default({}),
})
export type Problem = z.infer<typeof problemSchema>

export function problem<C extends ProblemCode>(code: C, message: string, parts: ProblemParts<C>): Problem {
  return { code, message, parts }
}
