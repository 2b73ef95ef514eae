import assert from 'node:assert/strict'
import { attributeValue } from '../attributeValue.mjs'
import { runProgram } from '../clientProgram.mjs'

const kebab = (name) => name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase()

/** A member of a request as options of the command: strings as they are, all else in JSON. */
function option([name, value]) {
  const flag = `--${kebab(name)}`
  if (value === true) return [flag]
  return [flag, typeof value === 'string' ? value : JSON.stringify(value)]
}

const text = (base64) => Buffer.from(base64, 'base64').toString()

/**
 * What the AWS CLI takes for an attribute value: version 1 sends bytes as they stand in the
 * argument, and gives them back in base64.
 */
function argument(value) {
  const [[kind, content]] = Object.entries(value)
  if (kind === 'B') return { B: text(content) }
  if (kind === 'BS') return { BS: content.map(text) }
  return value
}

const withText = (statement) => ({
  ...statement,
  ...(statement.Parameters && { Parameters: statement.Parameters.map(argument) }),
})

const refused = /^\s*An error occurred \((\w+)\) when calling the (\w+) operation: (.*)\n$/

/** The AWS CLI: of an error it tells the name and the message, and nothing else. */
export const awsCli = {
  name: 'awsCli',
  plainError: undefined,
  encode: attributeValue,
  heard: ({ name, message }, operation) => ({ exitCode: 255, operation, name, message }),
  open: (endpoint) => ({
    close() {},
    async ask(operation, request) {
      const options = Object.entries(withText(request)).flatMap(option)
      const args = ['dynamodb', kebab(operation), ...options, '--output', 'json']
      const { exitCode, stdout, stderr } = await runProgram(endpoint, 'aws', args)
      if (exitCode === 0) return { answer: JSON.parse(stdout) }
      const [, name, called, message] = refused.exec(stderr) ?? assert.fail(stderr)
      return { failure: { exitCode, operation: called, name, message } }
    },
  }),
}
