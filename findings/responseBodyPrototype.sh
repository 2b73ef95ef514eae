#!/bin/sh
# Subject:   the body that a custom requestHandler gives to the AWS SDK for JavaScript.
# Versions:  @aws-sdk/client-dynamodb 3.1169.0.
# Behaviour: the SDK changes the prototype of the handler's own object: a Buffer is no Buffer
#            afterwards. Who keeps the body, to log it or to answer with it again, finds
#            Buffer's methods gone, and toString('latin1') gives a list of numbers.
# Seen:      before: Buffer true, in latin1 {"TableNames
#            after: Buffer false, in latin1 123,34,84,97

. "$(dirname "$0")/means/begin.sh"
install_npm @aws-sdk/client-dynamodb@3.1169.0

cat > subject.mjs <<'END'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'

const body = Buffer.from('{"TableNames":["Orders"]}')
const requestHandler = {
  handle: async () => ({ response: { statusCode: 200, headers: {}, body } }),
}
const show = (when) => {
  const text = body.toString('latin1').slice(0, 12)
  console.log(`${when}: Buffer ${Buffer.isBuffer(body)}, in latin1 ${text}`)
}
show('before')
await new DynamoDBClient({ requestHandler }).send(new ListTablesCommand({}))
show('after')
END

expect node subject.mjs <<'END'
before: Buffer true, in latin1 {"TableNames
after: Buffer false, in latin1 123,34,84,97
END
