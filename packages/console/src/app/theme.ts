const storageName = 'dynatom.theme'

export type Theme = 'system' | 'light' | 'dark'

export const themes: readonly (readonly [Theme, string])[] = [
  ['system', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
]

/** The theme that was chosen in this browser. */
export function chosenTheme(): Theme {
  const stored = localStorage.getItem(storageName)
  return themes.find(([theme]) => theme === stored)?.[0] ?? 'system'
}

/** Shows the page in a theme, and in it again when it is opened next. */
export function chooseTheme(theme: Theme): void {
  localStorage.setItem(storageName, theme)
  document.documentElement.style.colorScheme = theme === 'system' ? 'light dark' : theme
}
