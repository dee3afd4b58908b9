/** The part of the extension API that the example uses (https://developer.chrome.com/docs/extensions/reference/api). */
declare const chrome: {
  action: { onClicked: { addListener(listener: () => void): void } }
  tabs: { create(tab: { url: string }): Promise<unknown> }
  storage: {
    local: {
      get(name: string): Promise<Record<string, unknown>>
      set(values: Record<string, unknown>): Promise<void>
      remove(name: string): Promise<void>
    }
  }
}
