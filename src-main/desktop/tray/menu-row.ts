/** One row of the menu: the part of Electron's MenuItemConstructorOptions that the tray uses. */
export interface MenuRow {
  readonly type?: 'separator' | 'checkbox'
  readonly label?: string
  readonly enabled?: boolean
  readonly checked?: boolean
  readonly submenu?: MenuRow[]
  readonly click?: () => void
}

export function row(label: string, click: () => void): MenuRow {
  return { label: escaped(label), click }
}

/** In a menu `&` marks the letter under which a row is reached; `&&` is the character itself. */
export function escaped(label: string): string {
  return label.replaceAll('&', '&&')
}
