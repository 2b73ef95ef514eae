import type { CreateTableCommandInput, StreamViewType } from '@aws-sdk/client-dynamodb'

/** A table of things with an `id`, an index by their `shop`, and a stream. */
export const shopTable = (
  TableName: string,
  streamViewType: StreamViewType,
): CreateTableCommandInput => ({
  TableName,
  AttributeDefinitions: ['id', 'shop'].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S',
  })),
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'ByShop',
      KeySchema: [{ AttributeName: 'shop', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
  BillingMode: 'PAY_PER_REQUEST',
  StreamSpecification: { StreamEnabled: true, StreamViewType: streamViewType },
})
