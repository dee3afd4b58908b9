// A tab, not a popup: a popup closes, and stops asking, when the person goes to Latchkey to compare the code.
chrome.action.onClicked.addListener(() => void chrome.tabs.create({ url: 'page.html' }))
