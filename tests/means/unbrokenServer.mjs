import { serve } from './brokenServer.mjs'

/** What is put together as the broken servers are, and has no flaw. */
await serve({})
