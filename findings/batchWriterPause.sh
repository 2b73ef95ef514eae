#!/bin/sh
# Subject:   boto3's batch_writer and items that come back unprocessed.
# Versions:  boto3 1.44.8.
# Behaviour: unprocessed items are sent again at once, without a pause and without a bound, where
#            DynamoDB's guide asks for exponential backoff. The retry settings of the client do not
#            count: to them each answer is a success.
# Seen:      31 requests within a second, with max_attempts 1

. "$(dirname "$0")/means/begin.sh"
install_python python boto3==1.44.8

cat > subject.mjs <<'END'
import { openStub, runPython } from './stub.mjs'

const stub = await openStub((number, { RequestItems }) => ({
  body: { UnprocessedItems: number <= 30 ? RequestItems : {} },
}))
const program = `
import boto3
from botocore.config import Config
table = boto3.resource('dynamodb', config=Config(retries={'total_max_attempts': 1})).Table('Orders')
with table.batch_writer() as batch:
    batch.put_item(Item={'OrderID': '1'})
`
await runPython('python', stub.endpoint, program)
stub.close()
const tookMs = stub.seen.at(-1).at - stub.seen[0].at
// 30 pauses of the guide's 50 ms alone would take longer, were they not doubled each time.
const span = tookMs < 1000 ? 'within a second' : `in ${Math.round(tookMs)} ms`
console.log(`${stub.seen.length} requests ${span}, with max_attempts 1`)
END

expect node subject.mjs <<'END'
31 requests within a second, with max_attempts 1
END
