import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser']

/** Debian's Chromium, which is installed where it is not and this process may install it. */
export function openChromium(): Promise<Browser> {
  if (!places.some((place) => existsSync(place))) {
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit' })
    const install = [
      'install',
      '-y',
      '-qq',
      '--no-install-recommends',
      'chromium',
      'fonts-dejavu-core',
    ]
    execFileSync('apt-get', install, { stdio: 'inherit' })
  }
  const executablePath = places.find((place) => existsSync(place)) ?? 'chromium'
  // Its sandbox wants another user than root.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
}
