import { attributeValue } from '../attributeValue.mjs'
import { pythonCommand } from '../clientProgram.mjs'
import { AskedProgram } from './askedProgram.mjs'

const boto3 = (name, kind) => ({
  name,
  plainError: 'ClientError',
  encode: attributeValue,
  heard: (failure) => failure,
  open: (endpoint) => new AskedProgram(endpoint, ...pythonCommand('statements/asked.py', kind)),
})

/** boto3: its client, with attribute values, and that of its resource, with Python's own values. */
export const boto3Clients = [boto3('boto3', 'client'), boto3('boto3Resource', 'resource')]
