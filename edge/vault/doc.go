// Package vault keeps personal data: recipients with their routing, and
// workers' names, in vault.db (bbolt, ciphertext only) with the keys in keys/.
// Nothing else of the edge holds personal data at rest.
//
// Envelope: a KEK of 256 bits from outside (environment, key file, credential)
// wraps one key per day (a file in keys/); the day key wraps one data key per
// record; the data key seals the record. All three are AES-256-GCM with random
// 96-bit nonces (NIST SP 800-38D). The additional data of a record binds site,
// ref, version, day and schema: a record that is moved to another place does
// not open.
//
// It imports the standard library, edge and bbolt.
//
// Invariants:
//   - Get writes an access record before the data leaves (I11); if it cannot be
//     written nothing leaves. Masked shows what a screen may show, and no more.
//   - No error, log line, file name or index of this package holds personal
//     data (I13); contents are compared by a keyed hash, whose key is wrapped by
//     the KEK.
//   - A wrong KEK is refused at Open. Without a KEK the vault is locked: Put and
//     Get answer ErrLocked, the floor works on, printing is off.
//   - What was put and never became an order is shredded after 24 hours; every
//     day's key is destroyed when it is older than the retention. Shredding ends
//     with a compaction: bbolt's free pages keep deleted values.
//   - vault.db is made under a temporary name, flushed, renamed, the folder
//     flushed; and so is every key file.
package vault
