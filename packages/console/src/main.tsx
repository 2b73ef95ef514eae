import { render } from 'preact'
import { App } from './app/app.tsx'
import { chooseTheme, chosenTheme } from './app/theme.ts'

chooseTheme(chosenTheme())
const place = document.getElementById('console')
if (place !== null) render(<App />, place)
