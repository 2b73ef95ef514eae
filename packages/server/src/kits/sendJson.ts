import { request as httpRequest } from 'node:http'
import type { SendJson } from '../lab/remoteLab.ts'

/** By node:http, which is there in every environment of a test. */
export const sendJsonTo =
  (endpoint: string): SendJson =>
  ({ method, path, body }) =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json' }
      const request = httpRequest(new URL(path, endpoint), { method, headers, agent: false })
      request.once('error', reject)
      request.once('response', (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
        response.once('error', reject)
        response.once('end', () => {
          try {
            resolve({ status: response.statusCode ?? 0, content: JSON.parse(text) as unknown })
          } catch (error) {
            reject(error)
          }
        })
      })
      request.end(body)
    })
