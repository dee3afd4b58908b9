// Firefox: the popup page passes a request on; the fetch is the background script's.
browser.runtime.onMessage.addListener((question) => globalThis.ask(question))
