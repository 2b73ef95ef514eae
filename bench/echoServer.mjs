/**
 * The yardstick: the least that a JSON service on node:http can do. Reads the body, parses it,
 * writes it out again, with the headers of a DynamoDB response. Prints its address when ready.
 */
import { createServer } from 'node:http'

const requestId = 'B7KR4MWQ2ZC9XJ5TLNYPDV83AH6FEGSU01KVQ4NSO5AEMVJF66Q9'

function answer(response, body) {
  const text = JSON.stringify(JSON.parse(body))
  response.writeHead(200, {
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-requestid': requestId,
    'x-amz-crc32': '2745614147',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => answer(response, Buffer.concat(chunks).toString()))
})

server.listen(0, '127.0.0.1', () => {
  console.log(`echo ready at http://127.0.0.1:${server.address().port}`)
})
