/**
 * `node scripts/postgres.mjs [--yes]`: installs PostgreSQL of Debian's packages for `npm run
 * test:postgres`, which starts clusters of its own. It asks before it installs, unless told `--yes`.
 * Nothing of Debian's own cluster is used, and none is made.
 */
import { postgresDirectory } from './cluster/programs.mjs'
import { installPackages } from './debianPackages.mjs'

try {
  await installPackages({
    what: 'PostgreSQL 15 or later',
    names: ['postgresql'],
    isThere: () => postgresDirectory() !== undefined,
    isAgreed: process.argv.includes('--yes'),
  })
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
