/** A widely used extension for local models, with the id from its store. */
interface KnownExtension {
  readonly id: string
  readonly name: string
  /** The source of the id: the extension's README, which links to its page in the store. */
  readonly source: string
}

// Ids of the Chrome Web Store and of Edge's add-on store never change, and both browsers send `chrome-extension://ID`.
// Firefox and Safari create an id per installation, so it cannot identify an extension.
const KNOWN_EXTENSIONS: readonly KnownExtension[] = [
  {
    id: 'jfgfiigpkhlkbnfnbobbkinehhfdhndo',
    name: 'Page Assist',
    source: 'https://github.com/n4ze3m/page-assist/blob/main/README.md',
  },
  {
    id: 'ogkogooadflifpmmidmhjedogicnhooa',
    name: 'Page Assist (Edge)',
    source: 'https://github.com/n4ze3m/page-assist/blob/main/README.md',
  },
  {
    id: 'eobbhoofkanlmddnplfhnmkfbnlhpbbo',
    name: 'ChatGPTBox',
    source: 'https://github.com/josStorer/chatGPTBox/blob/master/README.md',
  },
  {
    id: 'enjmfilpkbbabhgeoadmdpjjpnahkogf',
    name: 'ChatGPTBox (Edge)',
    source: 'https://github.com/josStorer/chatGPTBox/blob/master/README.md',
  },
  {
    id: 'mgchaojnijgpemdfhpnbeejnppigfllj',
    name: 'NativeMind',
    source: 'https://github.com/NativeMindBrowser/NativeMindExtension/blob/main/README.md',
  },
  {
    id: 'bfaoaaogfcgomkjfbmfepbiijmciinjl',
    name: 'Ollama Client',
    source: 'https://github.com/Shishir435/ollama-client/blob/main/README.md',
  },
  {
    id: 'cmgdpmlhgjhoadnonobjeekmfcehffco',
    name: 'ollama-ui',
    source: 'https://github.com/ollama-ui/ollama-ui/blob/main/README.md',
  },
  {
    id: 'modkelfkcfjpgbfmnbnllalkiogfofhb',
    name: 'Read Frog',
    source: 'https://github.com/mengxi-ream/read-frog/blob/main/README.md',
  },
  {
    id: 'cbcbomlgikfbdnoaohcjfledcoklcjbo',
    name: 'Read Frog (Edge)',
    source: 'https://github.com/mengxi-ream/read-frog/blob/main/README.md',
  },
  {
    id: 'bpoadfkcbjbfhfodiogcnhhhpibjhbnh',
    name: 'Immersive Translate',
    source: 'https://github.com/immersive-translate/immersive-translate/blob/main/README.md',
  },
  {
    id: 'amkbmndfnliijdhojkpoglbnaaahippg',
    name: 'Immersive Translate (Edge)',
    source: 'https://github.com/immersive-translate/immersive-translate/blob/main/README.md',
  },
]

const NAMES = new Map(KNOWN_EXTENSIONS.map(({ id, name }) => [`chrome-extension://${id}`, name]))

/** The name of a well-known extension; null for any other origin. The name grants no permission. */
export function knownName(origin: string): string | null {
  return NAMES.get(origin) ?? null
}
