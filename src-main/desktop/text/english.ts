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
    look: 'Look for updates',
    looking: 'Looking for updates…',
    lookAgain: 'Look for updates again',
    available: (version: string) => `What is new in ${version}…`,
    load: (version: string) => `Download ${version}`,
    loadAgain: (version: string) => `Download ${version} again`,
    loading: (version: string) => `Downloading ${version}…`,
    loadingPercent: (version: string, percent: string) => `Downloading ${version}: ${percent} %`,
    cancel: 'Stop the download',
    restart: (version: string) => `Restart to update to ${version}`,
    currentTitle: 'Latchkey is up to date',
    currentBody: (version: string) => `There is nothing newer than ${version}.`,
    foundTitle: (version: string) => `Latchkey ${version} is available`,
    foundBody: 'Click here to see what is new. Nothing is downloaded until you say so.',
    readyTitle: (version: string) => `Latchkey ${version} is ready`,
    readyBody: 'Restart from the tray or the window when it suits you. Until then this version is still running.',
    lookFailedTitle: 'Looking for a newer Latchkey failed',
    loadFailedTitle: 'The newer Latchkey was not downloaded',
    unreachable:
      'The update server did not answer, or the connection broke. Check your internet connection, and try again from the tray.',
    wrong_answer:
      'The update server sent something that is not an update. Try again tomorrow; if it stays so, download Latchkey where you got it.',
    damaged:
      'The file is not the one that was announced, so Latchkey deleted it. Try again; if it stays so, download Latchkey where you got it.',
    not_saved: 'The file could not be saved. Make room on the disk, and try again from the tray.',
    placeFailedTitle: 'Latchkey was not updated',
    placeFailedBody:
      'The newer version could not be put in place, so this one is still running. Check that you may write to its folder and that the disk has room, and try again.',
    notStartedTitle: 'Latchkey could not restart',
    notStarted:
      'The newer version could not be started, and Latchkey has ended. Start it yourself; if it does not start, reinstall it. Your keys are kept.',
  },
}

export type DesktopText = typeof english
