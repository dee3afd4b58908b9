/** Opens the console after a sign-in. Everything is loaded again, so nothing of another person is left in the page. */
export function openPages(path = '/'): void {
  location.replace(`/#${path}`)
  // On the same document, that alone would change only the fragment.
  if (location.pathname === '/') location.reload()
}
