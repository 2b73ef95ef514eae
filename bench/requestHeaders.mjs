const signedHeaders =
  'amz-sdk-invocation-id;amz-sdk-request;content-length;content-type;host;' +
  'x-amz-content-sha256;x-amz-date;x-amz-target;x-amz-user-agent'

/**
 * The headers that the AWS SDK for JavaScript v3 sends, in its order and with its lengths. The
 * signature is well formed but not true: the servers are measured without authentication.
 */
export function requestHeaders(operation) {
  const date = `${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
  const scope = `${date.slice(0, 8)}/us-east-1/dynamodb/aws4_request`
  return {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': operation.includes('.') ? operation : `DynamoDB_20120810.${operation}`,
    'x-amz-user-agent': 'aws-sdk-js/3.1161.0',
    'user-agent':
      'aws-sdk-js/3.1161.0 ua/2.1 os/linux#6.18.44 lang/js md/nodejs#20.20.2 ' +
      'api/dynamodb#3.1161.0 m/N,E,P,e',
    'amz-sdk-invocation-id': '14de8ae5-eecd-44dc-bf56-9fff69b8be66',
    'amz-sdk-request': 'attempt=1; max=4',
    'x-amz-date': date,
    'x-amz-content-sha256': '0123456789abcdef'.repeat(4),
    authorization:
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scope}, ` +
      `SignedHeaders=${signedHeaders}, Signature=${'fedcba9876543210'.repeat(4)}`,
  }
}
