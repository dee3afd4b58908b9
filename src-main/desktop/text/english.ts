/** What the desktop says itself: tray, questions and notices. The pages of the window have their own texts. */
export const english = {
  status: {
    stopped: 'Latchkey is not running',
    paused: 'Paused',
    pausedUntil: (time: string) => `Paused until ${time}`,
    upstreamDown: 'Ollama does not answer',
    upstreamTrouble: 'Latchkey cannot use Ollama',
    running: 'Latchkey is running',
  },
  tray: {
    whatToDo: 'What to do…',
    open: 'Open Latchkey',
    newKey: 'New key…',
    copyAddress: 'Copy address',
    sites: 'Sites & extensions',
    noSites: 'None has called yet',
    more: 'More…',
    moreQuestions: 'More questions…',
    resume: 'Resume',
    pauseForAnHour: 'Pause for 1 hour',
    pauseUntilResumed: 'Pause until I resume',
    startAtLogin: 'Start at login',
    copyDiagnostics: 'Copy diagnostics',
    quit: 'Quit Latchkey',
  },
  question: {
    title: (site: string) => `Let ${site} in?`,
    wish: 'It has a valid key and wants to use Ollama through Latchkey.',
    click: 'Click here to decide.',
    allow: 'Allow',
    block: 'Block',
    blockWithKey: (key: string) => `Block, and turn off the key “${key}”`,
    /** Of an extension: its GETs may come without an Origin. */
    blockHint: 'A block stops what an extension sends. To stop it from reading too, turn off its key.',
    /** Of the origin `null`. */
    noAddress: 'Pages without an address',
  },
  /** Of the notification that a row of the tray did not do what it says: a title for each, and one body. */
  failures: {
    pause: 'Latchkey could not save the pause',
    copy: 'Nothing was copied',
    decide: 'Latchkey could not save your decision about the site',
    setOnline: 'Latchkey could not save your answer about the key',
    loginItem: 'Start at login could not be changed',
    updates: 'The update did not work',
    body: 'Nothing has changed. Open Latchkey and try it there: the page says what is wrong.',
  },
  online: {
    model: (key: string) => `Let ${key} use a model in Ollama’s cloud?`,
    web: (key: string) => `Let ${key} search the web through Ollama?`,
    wish: 'Its questions would then leave this computer.',
    allow: 'Allow',
    keepHere: 'Keep it here',
  },
  hidden: {
    title: 'Latchkey goes on running',
    body: 'You find it in the tray. To end it, choose “Quit Latchkey” there.',
  },
  /** On a desktop that shows no tray icons. */
  withoutTray: {
    title: 'Latchkey keeps running without its window',
    body: 'This desktop shows no tray icon for it. To see this window again, start Latchkey from your apps. To quit, choose it here or in the settings.',
    keepRunning: 'Keep running',
    startedTitle: 'Latchkey is running',
    startedBody:
      'This desktop shows no tray icon for it. To see its window, start Latchkey from your apps. You can quit it in its settings.',
  },
  updates: {
    looking: 'Looking for updates…',
    look: 'Look for updates',
    restart: (version: string) => `Restart to update to ${version}`,
    failed: 'Looking for updates failed: try again',
    inCheckout: 'A Latchkey in a checkout is updated with git.',
    portable: 'The portable Latchkey does not update itself.',
    byPackageManager: 'This Latchkey is updated by your package manager.',
    failedTitle: 'Looking for a newer Latchkey failed',
    failedBody: 'Look at the network, or at the feed in the settings. You can try again from the tray.',
    notInstalledTitle: 'Latchkey could not be updated',
    notInstalled:
      'The newer version could not be put in place, and Latchkey has ended. Start it again; if it does not start, install it anew. Your keys are kept.',
  },
}

export type DesktopText = typeof english
