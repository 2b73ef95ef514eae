#!/bin/sh
# Subject:   files of lmdb-js in other bindings of LMDB.
# Versions:  lmdb 3.5.6 of npm, lmdb 3.0.0 of Python (LMDB 0.9.36).
# Behaviour: lmdb-js writes a data format, version 2, of a development version of LMDB, with a
#            transaction in every page. Released versions of LMDB do not open it: a store of
#            lmdb-js cannot be inspected with their tools, nor a store of theirs be taken over.
# Seen:      version 2, Python: not opened

. "$(dirname "$0")/means/begin.sh"
install_npm lmdb@3.5.6
install_python python lmdb==3.0.0

cat > subject.mjs <<'END'
import { readFileSync } from 'node:fs'
import { open } from 'lmdb'

const store = open({ path: 'store' })
await store.put('key', 'value')
await store.close()
const file = readFileSync('store/data.mdb')
const magic = file.indexOf(Buffer.from('dec0efbe', 'hex'))
process.stdout.write(`version ${file.readUInt32LE(magic + 4)}, `)
END
cat > subject.py <<'END'
import lmdb

try:
    lmdb.open('store', readonly=True)
    print('Python: opened')
except lmdb.Error as error:
    print('Python: not opened' if 'data format' in str(error) else f'Python: {error}')
END

expect sh -c 'node subject.mjs && python/bin/python subject.py' <<'END'
version 2, Python: not opened
END
