/**
 * Calls back whenever the page becomes light or dark, for what is drawn on canvases; gives what
 * ends that.
 */
export function onThemeChange(callback: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  system.addEventListener('change', callback)
  // The theme that is chosen is a style of the page.
  const chosen = new MutationObserver(callback)
  chosen.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] })
  return () => {
    system.removeEventListener('change', callback)
    chosen.disconnect()
  }
}
