import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Those that put the leader's history into a data directory. */
const copying = ['pg_rewind', 'pg_basebackup']

/** @param {string} text */
const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`

/**
 * A script that runs `program` once no process of PostgreSQL is in the data directory any more, be it removed
 * or not. Linux only.
 * @param {string} program
 * @param {string} data
 */
const aloneIn = (program, data) => `#!/bin/sh
others() {
  for process in /proc/[0-9]*; do
    case $(readlink "$process/cwd") in
      ${quoted(data)} | ${quoted(`${data} (deleted)`)})
        [ "$(cat "$process/comm" 2>/dev/null)" = postgres ] && echo "\${process#/proc/}" ;;
    esac
  done
}
for pause in 0 0.1 0.2 0.5 1 2 5; do
  sleep $pause
  pids=$(others)
  [ -z "$pids" ] && exec ${quoted(program)} "$@"
  kill -KILL $pids
done
echo 'another PostgreSQL does not leave the data directory' >&2
exit 1
`

/**
 * Makes `directory` one of the programs in `programs` for a node with its data in `data`. Patroni 3.0.2 may
 * lose sight of a PostgreSQL that it has started, when it steps back twice at once, and have the data directory
 * copied anew under it; that one then writes into the copy.
 * @param {string} directory
 * @param {{ programs: string, data: string }} places
 */
export function makeAlonePrograms(directory, { programs, data }) {
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  for (const name of readdirSync(programs)) {
    const path = join(directory, name)
    if (!copying.includes(name)) symlinkSync(join(programs, name), path)
    else {
      writeFileSync(path, aloneIn(join(programs, name), data))
      chmodSync(path, 0o755)
    }
  }
}
