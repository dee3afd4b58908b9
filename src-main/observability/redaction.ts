import { redactSecrets } from '#shared/keys/secret.ts'
import { isThisComputer } from '../base/loopback.ts'

/** Words that identify the person. */
export interface PersonalWords {
  /** The home folder and other folders of the person. */
  readonly folders: readonly string[]
  readonly userName: string
}

// A shorter user name, such as `ai`, would match inside other words.
const SHORTEST_NAME = 3

// Addresses of other computers. 127.x.x.x and ::1 reveal nothing.
const OTHER_IPV4 = /\b(?!127\.|0\.0\.0\.0)(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b/g
const OTHER_IPV6 = /(?<![\w:])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}(?![\w:])/gi

/**
 * Redacts what a person would not want to publish: all secrets, their folders and name, and the sites and computers
 * they use. Addresses of this computer keep their port; no address keeps its path.
 */
export function redactPersonal(text: string, personal: PersonalWords): string {
  return withoutNames(withoutFolders(withoutSecrets(withoutAddresses(text)), personal.folders), personal.userName)
}

function withoutSecrets(text: string): string {
  return redactSecrets(text)
    .replace(/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{4,}/gi, '$1 (hidden)')
    .replace(/\b(?:sk|pk|ghp|hf)[-_](?!lk-redacted)[A-Za-z0-9_-]{8,}/g, '(hidden)')
    .replace(/([?&#](?:token|key|api_key|secret|password)=)[^\s&"'\\]+/gi, '$1(hidden)')
}

function withoutAddresses(text: string): string {
  const noUrls = text.replace(
    /\b([a-z][a-z0-9+.-]*):\/\/([^\s"'\\<>,;)\]}]*)/gi,
    (_all, scheme: string, rest: string) => shownAddress(scheme, rest),
  )
  return noUrls
    .replace(/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, '(address)')
    .replace(OTHER_IPV4, '(address)')
    .replace(OTHER_IPV6, '(address)')
}

function shownAddress(scheme: string, rest: string): string {
  const url = URL.parse(`http://${rest}`)
  if (url === null || !isThisComputer(url.hostname) || !/^https?$/i.test(scheme)) return `${scheme}://(hidden)`
  return `${scheme}://${url.host}`
}

/** In JSON, Windows paths have doubled backslashes. */
function withoutFolders(text: string, folders: readonly string[]): string {
  const spellings = folders
    .filter((folder) => folder.length > 1)
    .sort((one, other) => other.length - one.length)
    .flatMap((folder) => [folder, folder.replaceAll('\\', '\\\\'), folder.replaceAll('\\', '/')])
  return spellings
    .reduce((rest, spelling) => rest.replaceAll(spelling, '~'), text)
    .replace(/(?:[A-Za-z]:)?(?:\\{1,2}|\/)Users(?:\\{1,2}|\/)[^\\/\s"':]+/g, '~')
    .replace(/\/home\/[^/\s"':]+/g, '~')
}

function withoutNames(text: string, userName: string): string {
  return userName.length < SHORTEST_NAME ? text : text.replaceAll(userName, '(name)')
}
