import type { browsers as en } from '../en/browsers.ts'

export const browsers: typeof en = {
  title: 'Hier geht es, aber nicht in einer Webseite?',
  text: 'Diese Frage schickt Latchkey selbst ab. Eine Webseite braucht erst die Erlaubnis ihres Browsers, diesen Computer zu erreichen. Bis dahin kommt hier nichts an, und die Seite sagt nur, dass die Verbindung gescheitert ist.',
  label: 'In welchem Browser ist die Seite offen?',
  names: { chromium: 'Chrome, Edge, Brave', firefox: 'Firefox', webkit: 'Safari' },
  shows: {
    chromium: 'Der Browser fragt einmal, ob die Website auf „andere Apps und Dienste auf diesem Gerät“ zugreifen darf.',
    firefox:
      'Firefox fragt, ob die Website auf „andere Apps und Dienste auf diesem Gerät“ zugreifen darf. Die Seite wartet, bis du geantwortet hast.',
    webkit:
      'Safari fragt nichts. Es hält jede sichere Webseite (https) auf, die diesen Computer erreichen will. Das kann niemand ändern: du nicht, die Website nicht und Latchkey nicht.',
  },
  todo: {
    chromium:
      'Wähle „Zulassen“. Hast du schon einmal „Blockieren“ gewählt, klicke auf das Symbol links von der Adresse der Seite, erlaube es dort und lade die Seite neu.',
    firefox:
      'Wähle „Erlauben“. Hast du schon einmal „Blockieren“ gewählt, klicke auf das Symbol links von der Adresse der Seite, nimm die Sperre weg und lade die Seite neu.',
    webkit: 'Öffne die Website in Chrome oder Firefox, oder nimm das eigene Programm oder die Erweiterung der App.',
  },
}
