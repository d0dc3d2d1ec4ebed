// Package access says who is at the floor: badge and PIN, sessions, lockouts,
// enrolled devices and the audit trail.
//
// It imports the standard library, x/crypto/argon2, edge and edge/catalogue.
// What it must keep it writes through a Recorder (the engine's journal) and
// gets back at its start; it opens no file and no socket.
//
// Invariants:
//   - No secret is kept: of a token and a device key only SHA-256 (both are 128
//     random bits), of a PIN an HMAC under the site's pepper of the argon2id
//     hash that the WMS sent. None is ever logged.
//   - A session, its end and a lockout are on disk before anybody is told.
//   - One worker has at most one live session: the newest.
//   - At most two argon2id computations run at once (19 MiB each).
//   - Every decision uses the injected edge time, never the wall clock.
package access
