import type { words as en } from '../en/words.ts'

export const words: typeof en = {
  scopes: {
    chat: 'chatten',
    models: 'Modelle sehen',
    manage: 'Modelle laden und löschen',
    usage: 'Nutzung lesen',
    all: 'alles',
  },
  scopeHints: {
    chat: 'Fragen stellen und Antworten von jedem Modell bekommen.',
    models: 'Sehen, welche Modelle es gibt. Die meisten Apps brauchen das für ihre Auswahl.',
    manage: 'Modelle herunterladen, kopieren und löschen.',
    usage: 'Die Nutzung aller Schlüssel lesen.',
    all: 'Alles, was Ollama kann, jetzt und in späteren Versionen.',
  },
  outcomes: {
    ok: 'Beantwortet',
    refused: 'Abgelehnt',
    upstream_error: 'Fehler bei Ollama',
    client_aborted: 'Von der App beendet',
    cut_off: 'Abgebrochen',
  },
  originStatus: { allowed: 'Erlaubt', blocked: 'Gesperrt', pending: 'Wartet auf dich' },
  refusals: {
    bad_request: ['Ungültig', 'Die App hat etwas geschickt, das keine gültige Anfrage ist.'],
    bad_path: [
      'Seltsame Adresse',
      'Die Adresse in der App stimmt nicht ganz. Kopiere sie noch einmal und füge sie in der App ein.',
    ],
    bad_query: ['Unklare Adresse', 'Hinter dem „?“ der Adresse steht etwas, das hier nicht verstanden wird.'],
    bad_body: ['Unlesbar', 'Die App hat etwas geschickt, das nicht gelesen werden konnte.'],
    ambiguous_model: [
      'Zwei Modelle',
      'Die App hat ihr Modell doppelt genannt. So ist nicht klar, welches gemeint ist.',
    ],
    model_too_long: [
      'Modellname zu lang',
      'Die App hat einen zu langen Modellnamen geschickt. Wähle in der App ein Modell aus der Liste.',
    ],
    origin_too_long: ['Name zu lang', 'Die App hat einen zu langen Namen einer Website geschickt.'],
    credentials_conflict: [
      'Zwei Schlüssel',
      'Die App schickt zwei verschiedene Schlüssel. Lass in ihren Einstellungen nur einen.',
    ],
    too_many_headers: ['Nicht durchgelassen', 'Die App hat zu viele oder zu lange Kopfzeilen geschickt.'],
    target_too_long: ['Adresse zu lang', 'Die Adresse der Anfrage ist zu lang.'],
    request_timeout: ['Zu langsam', 'Die Anfrage brauchte zu lange. Versuch es in der App noch einmal.'],
    method_not_allowed: [
      'Nicht durchgelassen',
      'Die App hat eine Art von Anfrage geschickt, die Latchkey nicht weitergibt.',
    ],
    header_repeated: ['Ungültig', 'Die App hat eine Kopfzeile doppelt geschickt, die nur einmal da sein darf.'],
    not_a_proxy: [
      'Falsche Adresse',
      'Die App benutzt Latchkey als Proxy. Nimm es aus den Proxy-Einstellungen, kopiere die Adresse und füge sie in der App ein.',
    ],
    wrong_address: [
      'Falsche Adresse',
      'Unter der Adresse, nach der die App gefragt hat, gibt es nichts. Kopiere die Adresse noch einmal und füge sie in der App ein.',
    ],
    body_too_large: ['Zu groß', 'Was die App geschickt hat, ist zu groß.'],
    not_implemented: ['Nicht durchgelassen', 'Die App wollte eine Art von Verbindung, die Latchkey nicht weitergibt.'],
    host_not_allowed: [
      'Falsche Adresse',
      'Die App benutzt einen anderen Namen für diesen Computer. Kopiere die Adresse noch einmal und füge sie in der App ein.',
    ],
    origin_blocked: ['Seite gesperrt', 'Die Anfrage kam von einer Seite oder Erweiterung, die gesperrt ist.'],
    key_missing: ['Kein Schlüssel', 'Eine Anfrage kam ohne Schlüssel. Füge ihn in der App im Feld „API Key“ ein.'],
    key_in_query: [
      'Schlüssel am falschen Ort',
      'Der Schlüssel steht an der falschen Stelle. Füge ihn in der App im Feld „API Key“ ein.',
    ],
    key_misplaced: [
      'Schlüssel am falschen Ort',
      'Der Schlüssel steht in einem Teil der Adresse, in dem Latchkey nicht danach sucht. Füge ihn in der App im Feld „API Key“ ein.',
    ],
    key_in_url: [
      'Schlüssel in der Adresse',
      'Dieser Schlüssel darf nicht in einer Adresse stehen. Füge ihn in der App im Feld „API Key“ ein oder erlaube es.',
    ],
    key_malformed: [
      'Schlüssel vertippt',
      'Der Schlüssel ist vertippt oder unvollständig. Kopiere ihn noch einmal und füge ihn in der App ein.',
    ],
    key_unknown: [
      'Unbekannter Schlüssel',
      'Es kam ein Schlüssel, den Latchkey nicht kennt. Kopiere diesen und füge ihn in der App ein.',
    ],
    key_disabled: ['Schlüssel ausgeschaltet', 'Der Schlüssel ist ausgeschaltet.'],
    key_expired: ['Schlüssel abgelaufen', 'Der Schlüssel ist abgelaufen. Gib ihm unter „Schlüssel“ ein neues Datum.'],
    scope_missing: ['Nicht erlaubt', 'Die App will etwas tun, das dieser Schlüssel nicht darf.'],
    endpoint_not_allowed: [
      'Nicht erlaubt',
      'Die App will einen Teil von Ollama benutzen, der nicht auf der Liste dieses Schlüssels steht.',
    ],
    origin_not_allowed: [
      'Falsche Seite',
      'Dieser Schlüssel darf von dort nicht benutzt werden. Ergänze die Seite unter „Schlüssel“.',
    ],
    origin_not_approved: ['Wartet auf dich', 'Latchkey fragt erst, bevor eine neue Seite oder Erweiterung hereindarf.'],
    model_not_allowed: [
      'Modell nicht erlaubt',
      'Dieser Schlüssel darf das Modell nicht benutzen. Ergänze es unter „Schlüssel“.',
    ],
    stays_local: [
      'Würde den Computer verlassen',
      'Die App wollte ein Modell in der Cloud oder eine Websuche. Bei diesem Schlüssel bleibt alles auf diesem Computer.',
    ],
    rate_limited: [
      'Zu schnell',
      'Der Schlüssel hat seine Anfragen für diese Minute verbraucht. Warte kurz und versuch es noch einmal.',
    ],
    budget_reserved: [
      'Grenze fast erreicht',
      'Anfragen dieses Schlüssels laufen noch und könnten seine Tokens für heute aufbrauchen. Warte, bis eine fertig ist, oder erhöhe die Grenze.',
    ],
    budget_spent: ['Grenze erreicht', 'Der Schlüssel hat seine Tokens für heute verbraucht.'],
    too_many_at_once: [
      'Zu viele zugleich',
      'Mit dem Schlüssel laufen zu viele Anfragen zugleich. Warte, bis eine fertig ist.',
    ],
    slow_down: [
      'Zu viele falsche Schlüssel',
      'Zu viele Anfragen mit falschem Schlüssel. Warte eine Minute und füge den Schlüssel dann noch einmal ein.',
    ],
    gateway_paused: ['Pausiert', 'Latchkey ist pausiert.'],
    gateway_busy: ['Ausgelastet', 'Latchkey hat gerade sehr viel zu tun. Versuch es gleich noch einmal.'],
    internal_error: ['Fehler in Latchkey', 'In Latchkey ging etwas schief. Versuch es in der App noch einmal.'],
    upstream_unreachable: [
      'Ollama nicht erreichbar',
      'Der Schlüssel funktioniert, aber Ollama hat nicht geantwortet. Starte Ollama und versuch es noch einmal.',
    ],
    upstream_timeout: [
      'Ollama hängt',
      'Der Schlüssel funktioniert, aber Ollama hat die Anfrage angenommen und dann nichts mehr gesagt. Starte Ollama neu und versuch es noch einmal.',
    ],
    upstream_needs_tls: [
      'Ollama spricht nur https',
      'Ollamas Adresse beginnt mit http, der Server dort will aber https. Berichtige die Adresse in den Einstellungen.',
    ],
    upstream_not_tls: [
      'Ollama spricht kein https',
      'Ollamas Adresse beginnt mit https, der Server dort spricht aber nur http. Berichtige die Adresse in den Einstellungen.',
    ],
    upstream_untrusted: [
      'Unbekanntes Zertifikat',
      'Das Zertifikat von Ollamas Server hat niemand unterschrieben, dem Latchkey vertraut. Ist es dein Server, dann füge sein Zertifikat in den Einstellungen hinzu.',
    ],
    upstream_wrong_name: [
      'Zertifikat für einen anderen Namen',
      'Das Zertifikat von Ollamas Server gilt für einen anderen Namen als den in seiner Adresse.',
    ],
    upstream_expired: [
      'Zertifikat nicht gültig',
      'Das Zertifikat von Ollamas Server ist abgelaufen oder gilt noch nicht. Erneuere es und prüfe das Datum auf beiden Computern.',
    ],
    upstream_tls_failed: [
      'Keine sichere Verbindung',
      'Latchkey und Ollamas Server fanden keine gemeinsame Verschlüsselung. Prüfe die TLS-Einstellungen des Servers.',
    ],
    upstream_not_ollama: [
      'Nicht Ollama',
      'Unter Ollamas Adresse antwortet etwas anderes. Berichtige die Adresse in den Einstellungen.',
    ],
    upstream_failing: [
      'Fehler auf Ollamas Server',
      'Der Server vor Ollama antwortet mit einem eigenen Fehler. Sieh auf jenem Computer nach, ob Ollama läuft.',
    ],
    upstream_wants_key: [
      'Ollama will einen Schlüssel',
      'Ollamas Server will einen eigenen Schlüssel. Setze ihn in den Einstellungen unter „Ollama“.',
    ],
    upstream_refuses_key: [
      'Ollama lehnt seinen Schlüssel ab',
      'Ollamas Server lehnt den Schlüssel ab, den Latchkey ihm schickt. Setze den richtigen in den Einstellungen unter „Ollama“.',
    ],
    upstream_signed_out: [
      'Bei Ollamas Cloud nicht angemeldet',
      'Dieses Modell läuft in Ollamas Cloud. Führe auf Ollamas Computer „ollama signin“ aus und versuch es in der App noch einmal.',
    ],
    upstream_unreadable: [
      'Unlesbare Antwort',
      'Die Antwort von Ollama war so komprimiert oder so lang, dass Latchkey sie nicht lesen kann.',
    ],
    upstream_broke: [
      'Ollama hat abgebrochen',
      'Ollama hat die Verbindung geschlossen, bevor es geantwortet hat. Versuch es in der App noch einmal.',
    ],
    upstream_invalid: ['Ungültige Antwort', 'Die Antwort von Ollama war nicht zu verstehen.'],
  },
  never: 'nie',
  justNow: 'gerade eben',
  noModel: 'Kein Modell',
  noKey: 'Kein Schlüssel',
  stillDown: 'Ollama antwortet noch nicht. Starte es und such dann noch einmal.',
  deletedKey: 'Ein gelöschter Schlüssel',
  deleted: (name) => `${name} (gelöscht)`,
  noOrigin: 'Apps und Skripte (keine Seite)',
  noRoute: 'Unbekannt',
  noOwner: 'Ohne Namen',
  nullOrigin: 'Eine Seite ohne Adresse',
  otherModels: 'Andere Modelle',
  otherSites: 'Andere Seiten',
  otherPrograms: 'Andere Programme',
  extension: 'Erweiterung',
}
