#!/bin/sh
# Subject:   lmdb-js's transactions whose callback throws.
# Versions:  lmdb 3.5.6.
# Behaviour: batch and transaction reject with the error and commit nevertheless what the callback had
#            written before it. transactionSync and childTransaction take it back.
# Seen:      batch: threw, the write before it stayed
#            transaction: threw, the write before it stayed
#            childTransaction: threw, the write before it is gone
#            transactionSync: threw, the write before it is gone

. "$(dirname "$0")/means/begin.sh"
install_npm lmdb@3.5.6

cat > subject.mjs <<'END'
import { open } from 'lmdb'

const store = open({ path: 'store' })
for (const way of ['batch', 'transaction', 'childTransaction', 'transactionSync']) {
  let outcome = 'returned'
  try {
    await store[way](() => {
      void store.put(way, 1)
      throw new Error('of the callback')
    })
  } catch (error) {
    if (error.message === 'of the callback') outcome = 'threw'
    else throw error
  }
  await store.flushed
  const kept = store.get(way) === 1 ? 'stayed' : 'is gone'
  console.log(`${way}: ${outcome}, the write before it ${kept}`)
}
await store.close()
END

expect node subject.mjs <<'END'
batch: threw, the write before it stayed
transaction: threw, the write before it stayed
childTransaction: threw, the write before it is gone
transactionSync: threw, the write before it is gone
END
