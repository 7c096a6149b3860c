// The server's time, for what is printed or proposed: a device's own clock may be wrong, and a page stays open over midnight.
import { session } from '@shared/session'

/** An ISO moment; the device's own until it is known who is signed in. */
export function serverNow(): string {
  const passed = Date.now() - session.readAt
  return new Date(session.me ? Date.parse(session.me.now) + passed : Date.now()).toISOString()
}
