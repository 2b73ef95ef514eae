#!/bin/sh
# Subject:   lmdb-js's ranges of binary keys that end at the empty key.
# Versions:  lmdb 3.5.6.
# Behaviour: no key lies before the empty one, yet an empty Buffer as "end" counts as no end: all keys
#            come. With the default encoding of keys the empty string is a key like any other, and
#            nothing comes.
# Seen:      binary, end "b": a
#            binary, end "": a b c
#            default, end "b": a
#            default, end "":

. "$(dirname "$0")/means/begin.sh"
install_npm lmdb@3.5.6

cat > subject.mjs <<'END'
import { open } from 'lmdb'

for (const [name, options, key] of [
  ['binary', { keyEncoding: 'binary' }, (text) => Buffer.from(text)],
  ['default', {}, (text) => text],
]) {
  const store = open({ path: name, ...options })
  for (const each of ['a', 'b', 'c']) await store.put(key(each), 1)
  for (const end of ['b', '']) {
    const found = [...store.getKeys({ end: key(end) })].map((each) => ` ${each}`)
    console.log(`${name}, end "${end}":${found.join('')}`)
  }
  await store.close()
}
END

expect node subject.mjs <<'END'
binary, end "b": a
binary, end "": a b c
default, end "b": a
default, end "":
END
