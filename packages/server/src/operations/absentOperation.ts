/**
 * Operations that AWS serves beside those of DynamoDB, and that no service here has: DynamoDB
 * Streams (AWS's model `streams-dynamodb/2012-08-10`).
 */
const absent: ReadonlyMap<string, string> = new Map(
  ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((name) => [
    `DynamoDBStreams_20120810.${name}`,
    name,
  ]),
)

/** The name of the operation of a target that AWS knows and no service here has. */
export function absentOperation(target: string): string | undefined {
  return absent.get(target)
}
