import { prelude } from './conversation.ts'

// The same attacks, on connections that node:http serves from the start.
prelude.isOn = true
await import('./rawSockets.suite.ts')
