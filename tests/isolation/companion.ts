import type { Defects } from './defects.ts'
import type { RestartWatcher, ServerUnderTest } from './serverUnderTest.ts'

/** What goes on beside the clients of a run, on the same server. */
export interface Companion extends RestartWatcher {
  /** The server is there, and the first epoch is about to begin. */
  begin(server: ServerUnderTest, defects: Defects): Promise<void>
  /** A request of the clients was answered: what it was, and how long that took. */
  answered(description: string, milliseconds: number): void
  /**
   * The clients of an epoch are done and its history is going to be checked, which holds up this whole
   * process: when this resolves nothing may be under way.
   */
  rest(): Promise<void>
  /** The history has been checked. */
  resume(): void
  /** The last one has been checked, and the server is going to be stopped. */
  end(): Promise<void>
}
