/** Debian's Chromium, for the tests of the console. */
import { existsSync } from 'node:fs'
import { installPackages } from './debianPackages.mjs'

/** The one that has no window, and takes half of the processor for the same pages. */
const shell = '/usr/bin/chromium-headless-shell'
const places = [shell, '/usr/bin/chromium', '/usr/bin/chromium-browser']

/** Where its program is; undefined where it is not installed. */
export const chromiumPath = () => places.find((place) => existsSync(place))

/**
 * Installs the one without a window where it is not. Where that cannot be, another one will do that is
 * there; rejects with a sentence where there is none.
 */
export async function installChromium() {
  try {
    await installPackages({
      what: 'Chromium',
      names: ['chromium-headless-shell', 'fonts-dejavu-core'],
      isThere: () => existsSync(shell),
      isAgreed: true,
    })
  } catch (error) {
    if (chromiumPath() === undefined) throw error
  }
}
