import { plural } from '#shared/text/plural.ts'
import type { DamageReason, ProblemSentences } from '#shared/text/problem.ts'
import { changes } from './changes.ts'

const DISK = 'Sieh nach, ob auf der Platte Platz ist'

const damage: Record<DamageReason, string> = {
  missing: 'Sie fehlt',
  empty: 'Sie ist leer',
  unreadable: 'Sie ist keine lesbare Datenbank',
  foreign: 'Sie stammt nicht von Latchkey',
  parts: 'Teile davon sind unlesbar',
  interrupted: 'Sie war beschädigt, und die Reparatur wurde unterbrochen',
}

const notSaved: Readonly<Record<string, string>> = {
  key_stopped: ' Der Schlüssel wird vorerst abgewiesen, könnte nach einem Neustart aber wieder gelten.',
  site_blocked: ' Die Seite ist vorerst gesperrt, könnte nach einem Neustart aber wieder hereinkommen.',
}

export const problems: ProblemSentences = {
  not_found: () => 'Das hat Latchkey nicht, oder nicht mehr.',
  too_large: () => 'Das ist zu groß, um hier übernommen zu werden.',
  bad_json: () => 'Was gesendet wurde, konnte nicht gelesen werden.',
  json_needed: () => 'Was gesendet wurde, hat nicht die richtige Form.',
  internal: () => 'In Latchkey ist etwas schiefgegangen. Versuche es noch einmal.',
  session_missing: () => 'Öffne dieses Fenster über seinen Link. Einen neuen gibt der Befehl „latchkey console“ aus.',
  time_zone_unknown: () => 'Diese Zeitzone ist nicht bekannt.',

  input_wrong: ({ field }) => `${fieldName(field)} stimmt so nicht.`,
  input_unknown: ({ field }) => `„${field}“ ist hier nicht bekannt.`,
  input_missing: ({ field }) => `${fieldName(field)} fehlt.`,
  input_type: ({ field }) => `${fieldName(field)} hat nicht die richtige Form.`,
  input_choice: ({ field, choices }) => `${fieldName(field)} muss eins davon sein: ${choices}.`,
  input_too_small: ({ field, limit }) => `${fieldName(field)} muss mindestens ${limit} sein.`,
  input_too_big: ({ field, limit }) => `${fieldName(field)} darf höchstens ${limit} sein.`,
  input_too_short: ({ field, limit }) => `${fieldName(field)} braucht mindestens ${limit} Zeichen.`,
  input_too_long: ({ field, limit }) => `${fieldName(field)} darf höchstens ${limit} Zeichen haben.`,
  input_too_few: ({ field, limit }) =>
    `${fieldName(field)} braucht mindestens ${plural(Number(limit), 'Eintrag', 'Einträge')}.`,
  input_too_many: ({ field, limit }) =>
    `${fieldName(field)} darf höchstens ${plural(Number(limit), 'Eintrag', 'Einträge')} haben.`,
  key_name_missing: () => 'Gib dem Schlüssel einen Namen.',
  key_name_too_long: () => 'Ein Name hat höchstens 80 Zeichen.',
  key_without_scope: () => 'Ein Schlüssel muss mindestens etwas dürfen.',
  endpoint_wrong: () => 'Ein Teil der API beginnt mit „/“, zum Beispiel /api/chat oder /v1/*.',
  upstream_wrong: () => 'Die Adresse von Ollama sieht aus wie http://127.0.0.1:11434.',
  certificate_wrong: () =>
    'Das ist kein Zertifikat: Die Datei eines Zertifikats beginnt mit -----BEGIN CERTIFICATE-----.',
  certificate_is_key: () =>
    'In dieser Datei steht ein privater Schlüssel. Nimm die Datei, in der nur das Zertifikat steht.',
  lan_wrong: () => 'Gib „all“ an oder eine Liste von Adressen dieses Computers, zum Beispiel 192.168.1.5.',
  host_name_wrong: () =>
    'Ein Computername besteht aus Buchstaben, Ziffern, Punkten und Bindestrichen, zum Beispiel ollama.home.',
  upstream_key_wrong: () =>
    'Das ist kein Schlüssel. Er hat nur Buchstaben, Ziffern und . _ ~ + / -; für Name und Passwort schreib name:passwort.',
  pasted_key_missing: () => 'Füge einen Schlüssel ein.',
  pasted_key_too_long: () => 'Das ist zu lang für einen Schlüssel.',
  pasted_key_wrong: () => 'Das ist kein Schlüssel: Er hat nur Buchstaben, Ziffern und Bindestriche.',
  model_missing: () => 'Wähle ein Modell.',
  question_missing: () => 'Schreibe eine Frage.',
  question_too_long: () => 'Eine Testfrage hat höchstens 4000 Zeichen.',
  range_wrong: () => 'Ein Zeitraum braucht einen Anfang, der vor seinem Ende liegt.',
  cursor_wrong: () => 'Hier endet keine Seite von Anfragen.',
  origin_wrong: () => site('Eine Seite sieht aus'),

  origin_invalid: ({ origin }) => site(`„${origin}“ ist keine Seite. Eine Seite sieht aus`),
  endpoint_invalid: ({ endpoint }) =>
    `In „${endpoint}“ steht das * an der falschen Stelle. Es darf nur am Ende stehen, wie in /v1/*.`,
  text_unseen: () =>
    'Ein Name oder Eintrag enthält Zeichen, die man nicht sieht, etwa Zeilenumbrüche oder Zeichen, die die Schreibrichtung umkehren. Entferne sie.',
  setup_key_twice: ({ id }) =>
    `In der Datei steht der Schlüssel ${id} zweimal, darum wurde nichts geändert. Entferne einen davon.`,
  setup_secret_twice: ({ name }) =>
    `Der Schlüssel „${name}“ hat dasselbe Geheimnis wie ein anderer in der Datei oder hier, darum wurde nichts geändert. Lösche einen davon.`,
  setup_secret_wrong: ({ name }) =>
    `Beim Schlüssel „${name}“ passen Anfang und Geheimnis nicht zusammen, darum wurde nichts geändert. Exportiere die Datei neu.`,
  store_failed: ({ so }) =>
    notSaved[so] === undefined
      ? `Latchkey konnte das nicht speichern, darum bleibt alles, wie es war. ${DISK}.`
      : `Latchkey konnte das nicht speichern.${notSaved[so]} ${DISK}, und versuche es noch einmal.`,

  port_taken: ({ port, by }) => {
    if (by === 'latchkey')
      return `Ein anderes Latchkey nutzt schon Port ${port}. Beende es, oder wähle in den Einstellungen einen anderen Port.`
    if (by === 'ollama')
      return `Ollama selbst nutzt Port ${port}. Gib zuerst Ollama einen anderen Port, dann diesen an Latchkey.`
    return `Port ${port} wird schon von einem anderen Programm genutzt. Beende es, oder wähle in den Einstellungen einen anderen Port.`
  },
  port_forbidden: ({ port }) =>
    `Dieser Computer lässt Latchkey nicht an Port ${port}. Wähle einen, der größer ist als 1023.`,
  no_address: () => 'Keine der Adressen, an denen Latchkey lauschen soll, gibt es auf diesem Computer.',
  gateway_stopped: () => 'Latchkey läuft gerade nicht.',
  upstream_invalid: () => 'Die Adresse von Ollama muss aussehen wie http://127.0.0.1:11434.',
  upstream_is_gateway: ({ url }) =>
    `${url} ist Latchkeys eigene Adresse. Gib dort die Adresse von Ollama an, oder Latchkey einen anderen Port.`,
  upstream_stopped: ({ url }) => `Ollama läuft nicht unter ${url}. Starte Ollama und versuche es dann noch einmal.`,
  upstream_not_ollama: ({ url }) => `Unter ${url} antwortet etwas, aber es ist nicht Ollama. Prüfe die Adresse.`,
  upstream_timeout: ({ url }) =>
    `Unter ${url} nimmt etwas die Verbindung an und sagt dann nichts mehr. Starte Ollama neu, oder berichtige die Adresse.`,
  upstream_needs_tls: ({ url }) =>
    `Der Server unter ${url} spricht nur https. Schreib in Ollamas Adresse https statt http.`,
  upstream_not_tls: ({ url }) =>
    `Der Server unter ${url} spricht kein https. Schreib in Ollamas Adresse http statt https.`,
  upstream_untrusted: ({ url }) =>
    `Das Zertifikat von ${url} hat niemand unterschrieben, dem Latchkey vertraut. Ist es dein Server, dann füge sein Zertifikat in den Einstellungen unter „Ollama“ hinzu.`,
  upstream_wrong_name: ({ url }) =>
    `Das Zertifikat von ${url} gilt für einen anderen Namen. Nimm den Namen aus dem Zertifikat als Adresse, oder erneuere das Zertifikat mit diesem Namen.`,
  upstream_expired: ({ url }) =>
    `Das Zertifikat von ${url} ist abgelaufen oder gilt noch nicht. Erneuere es und prüfe das Datum auf beiden Computern.`,
  upstream_tls_failed: ({ url }) =>
    `Latchkey und der Server unter ${url} fanden keine gemeinsame Verschlüsselung. Prüfe die TLS-Einstellungen des Servers.`,
  upstream_failing: ({ url }) =>
    `Der Server unter ${url} antwortet mit einem eigenen Fehler. Sieh auf jenem Computer nach, ob Ollama läuft.`,
  upstream_wants_key: ({ url }) =>
    `Der Server unter ${url} will einen eigenen Schlüssel. Setze ihn in den Einstellungen als Ollamas eigenen Schlüssel.`,
  upstream_refuses_key: ({ url }) =>
    `Der Server unter ${url} lehnt den Schlüssel ab, den Latchkey ihm schickt. Setze in den Einstellungen den richtigen als Ollamas eigenen Schlüssel.`,
  lan_address_missing: ({ addresses }) =>
    `Dieser Computer hat die Adresse ${addresses} gerade nicht, darum erreichen andere Computer Latchkey dort nicht. Wähle in den Einstellungen eine andere, oder verbinde dich mit jenem Netz.`,

  settings_not_saved: ({ path }) =>
    `Die Einstellungen konnten nicht in ${path} gespeichert werden. ${DISK} und ob die Datei beschrieben werden darf.`,
  login_item_unavailable: () =>
    'Dieses Latchkey wurde nicht als App installiert, darum kann es nicht bei der Anmeldung starten.',
  login_item_failed: () =>
    'Das System lässt Latchkey nicht ändern, was bei der Anmeldung startet. Sieh in dessen eigenen Einstellungen dafür nach.',
  quit_unavailable: () => 'Dieses Latchkey wird dort beendet, wo es gestartet wurde.',
  no_keyring: () =>
    'Der Schlüsselbund dieses Computers ist nicht offen, darum kann ein Schlüssel für Ollama nicht aufbewahrt werden. Entsperre ihn und versuche es noch einmal.',
  no_keyring_service: () =>
    'Auf diesem Desktop antwortet kein Schlüsselbund, darum kann ein Schlüssel für Ollama nicht aufbewahrt werden. Installiere GNOME Keyring (das Paket gnome-keyring) oder KWallet, oder entsperre den vorhandenen, und versuche es noch einmal.',
  weak_keyring: () =>
    'Dieser Desktop hat keinen Schlüsselbund, den Latchkey kennt, darum liegt der Schlüssel für Ollama fast lesbar da. Installiere GNOME Keyring oder KWallet und setze ihn dann neu.',
  keyring_changed: () =>
    'Der Schlüssel für Ollama wurde mit einem anderen Schlüsselbund aufbewahrt und ist nicht lesbar. Setze ihn neu.',
  credential_unreadable: () => 'Der aufbewahrte Schlüssel von Ollama ist nicht lesbar. Setze ihn neu.',
  credential_from_environment: () =>
    'Der Schlüssel von Ollama kommt aus der Variable LATCHKEY_UPSTREAM_KEY. Ändere ihn dort, oder entferne ihn zuerst dort.',
  credential_for_another: ({ origin }) =>
    `Dieser Schlüssel wurde für ${origin} gesetzt und geht nirgendwo sonst hin. Setze ihn für die neue Adresse neu.`,

  store_full: () =>
    'Die Platte ist voll, darum konnte Latchkey das nicht speichern. Schaffe Platz und versuche es noch einmal.',
  store_not_writable: () =>
    'Latchkey darf nicht in seinen Datenordner schreiben. Prüfe dessen Rechte und versuche es noch einmal.',
  store_not_readable: () =>
    'Latchkey kann seine Datendatei nicht öffnen. Prüfe die Rechte des Datenordners und starte Latchkey neu.',
  store_io: () =>
    'Die Platte meldete einen Fehler, darum konnte Latchkey das nicht speichern. Prüfe die Platte und versuche es noch einmal.',
  store_busy: () => 'Ein anderes Programm hält Latchkeys Datendatei offen. Beende es und versuche es noch einmal.',
  store_damaged: () =>
    'Ein Teil von Latchkeys Datendatei ist beschädigt. Beende Latchkey und starte es neu: Es rettet, was lesbar ist.',
  store_too_new: () =>
    'Latchkeys Datendatei stammt von einem neueren Latchkey. Installiere jene Version wieder, oder nimm einen anderen Datenordner.',
  store_missing: ({ path }) =>
    `Latchkeys Datendatei ${path} fehlt, obwohl es eine gab, darum wird jede Anfrage abgewiesen. Mach neue Schlüssel, oder spiele eine Sicherung ein.`,
  store_recovered: ({ why, keys, secrets, sites, requests, kept }) => {
    const opening = `Latchkeys Datendatei konnte nicht benutzt werden: ${damage[why as DamageReason] ?? why}.`
    const keeping = kept === '' ? '' : ` Die alte Datei liegt unter ${kept}.`
    if (keys === '0' || secrets === '0')
      return `${opening} Kein Schlüssel war lesbar, darum wird jede Anfrage abgewiesen. Mach neue Schlüssel, oder spiele eine Sicherung ein.${keeping}`
    const lost =
      Number(keys) > Number(secrets) ? ' Manche Schlüssel haben ihr Geheimnis verloren: Gib ihnen ein neues.' : ''
    return `${opening} Wieder da sind Schlüssel: ${keys}, Seiten: ${sites}, Anfragen: ${requests}. Prüfe, dass kein Schlüssel und keine gesperrte Seite fehlt.${lost}${keeping}`
  },
  key_unreadable: ({ id }) =>
    `Ein Schlüssel war nicht lesbar, darum werden Anfragen damit abgewiesen. Mach einen neuen (${id}).`,
  site_unreadable: ({ origin }) => `Was über die Seite ${origin} entschieden wurde, war nicht lesbar. Entscheide neu.`,
  usage_dropped: () => `Ein Teil der Nutzung konnte nicht geschrieben werden und fehlt in den Summen. ${DISK}.`,
  backup_damaged: () => 'Diese Sicherung ist beschädigt, darum wurde nichts geändert. Wähle eine andere.',
  backup_unusable: () =>
    'Mit dieser Sicherung kann Latchkey nicht arbeiten, darum ist die Datei von vorher wieder da und nichts geändert.',
  store_lost: () =>
    'Latchkeys Datendatei ließ sich nicht wieder öffnen, darum wird jede Anfrage abgewiesen: Beende Latchkey und starte es neu.',
  backup_restored: ({ kept }) =>
    `Die Sicherung ist eingespielt: Schlüssel und Seiten sind wie damals, und seither gemachte Schlüssel gelten nicht.${kept === '' ? '' : ` Die Datei von vorher liegt unter ${kept}; um zu ihr zurückzukehren, spiele sie aus der Liste der Sicherungen ein.`}`,
}

function site(opening: string): string {
  return `${opening} wie https://example.org oder chrome-extension://abcdefgh, ohne Pfad.`
}

/** The name of a field as the pages have it, where they have one. */
function fieldName(field: string): string {
  if (field === '') return 'Die Eingabe'
  const fields: Readonly<Record<string, string>> = changes.fields
  return `„${fields[field.split('.')[0] ?? ''] ?? field}“`
}
