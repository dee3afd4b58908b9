import type { lan as en } from '../en/lan.ts'

export const lan: typeof en = {
  title: 'Andere Geräte in deinem Netz',
  reaches: {
    none: ['Nur dieser Computer', 'Kein anderes Gerät erreicht Latchkey. Richtig für die meisten.'],
    all: [
      'Alle Geräte in meinem Netz',
      'Handys und andere Computer dürfen mit Schlüssel herein, wo auch immer dieser Computer ist.',
    ],
    some: ['Nur in bestimmten Netzen', 'Du wählst, unter welchen Adressen dieses Computers.'],
  },
  ownAddresses: (addresses) => `Adressen dieses Computers in deinem Netz: ${addresses}`,
  noAddresses: 'Dieser Computer ist gerade in keinem Netz.',
  chooseLabel: 'Erreichbar unter',
  notHere: (address) => `${address} (gerade nicht in diesem Netz)`,
  warning: 'Nur in einem Netz, dem du vertraust',
  warningText:
    'Zu Hause, nicht im Café. Ohne Schlüssel kommt niemand herein, aber Fragen, Antworten und Schlüssel reisen unverschlüsselt durchs Netz.',
  addressLabel: 'Adresse für andere Geräte',
}
