/** Debian's Chromium, for the tests of the console. */
import { existsSync } from 'node:fs'
import { installPackages } from './debianPackages.mjs'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser']

/** Where its program is; undefined where it is not installed. */
export const chromiumPath = () => places.find((place) => existsSync(place))

/** Installs it where it is not. Rejects with a sentence where that cannot be. */
export const installChromium = () =>
  installPackages({
    what: 'Chromium',
    names: ['chromium', 'fonts-dejavu-core'],
    isThere: () => chromiumPath() !== undefined,
    isAgreed: true,
  })
