/** An app that takes its address and key by a link of its own scheme. */
export interface LinkApp {
  readonly name: string
  /** The prefix of every such link. The desktop opens only links with such a prefix. */
  readonly opens: string
  /**
   * Matches the User-Agent header of the app's requests. null if that header is unknown: the first request with the key
   * then raises a question.
   *
   * Any program can send this header, so a match proves nothing. A mismatch shows that the key has reached another
   * program.
   */
  readonly userAgent: RegExp | null
}

/** The apps for which a key can be created, one row each. Keys store the app's id, so an id must never change. */
export const LINK_APPS = {
  // Link: src/main/services/protocol/handlers/providersImport.ts (1.9). User agent: Electron writes the name of
  // package.json and the version.
  'cherry-studio': {
    name: 'Cherry Studio',
    opens: 'cherrystudio://providers/api-keys?',
    userAgent: /\bCherryStudio\//,
  },
  // Link: src/main/deeplinks.ts (1.20.0). User agent: Electron writes the productName of release/app/package.json,
  // which is `xyz.chatboxapp.app` in the download and `xyz.chatboxapp.ce` in the public source.
  chatbox: {
    name: 'Chatbox',
    opens: 'chatbox://provider/import?',
    userAgent: /\bxyz\.chatboxapp\.(?:app|ce)\//,
  },
  // The app is closed. Link: its maker's guide for teams (opencat.app, docs/zh-CN/opencat-for-team.md), with the
  // parameters of one-api's TokensTable.js. User agent: Apple's URL loading system writes the name of the app, as in
  // `OpenCat/424 CFNetwork/1490.0.4 Darwin/23.2.0`.
  opencat: { name: 'OpenCat', opens: 'opencat://team/join?', userAgent: /^OpenCat\// },
  // The app is closed. Link: web/default/src/components/TokensTable.js of one-api. User agent: not known.
  ama: { name: 'AMA', opens: 'ama://set-api-key?', userAgent: null },
} as const satisfies Record<string, LinkApp>

export type LinkAppId = keyof typeof LINK_APPS
export const LINK_APP_IDS = Object.keys(LINK_APPS) as LinkAppId[]

export function isLinkAppId(id: string): id is LinkAppId {
  return Object.hasOwn(LINK_APPS, id)
}

/** The app's public name; the id itself if this version does not know the app. */
export function linkAppName(id: string): string {
  return isLinkAppId(id) ? LINK_APPS[id].name : id
}
