// Package backup copies an edge's data folder, also while the edge works, and
// lays a copy down again.
//
// A backup is a folder with journal/, reference/, the vault's ciphertext and
// last backup.json, which names every file with its size and SHA-256. The keys
// (of the edge and of the vault's days) go to a folder of their own: both
// together are people's addresses. The store is not in it: it is rebuilt from
// the journal.
//
// It imports the standard library, edge and edge/journal.
//
// Invariants:
//   - A folder without backup.json is no backup: it is written when everything
//     else is flushed.
//   - Restore writes beside the data folder and gives it its name by one rename,
//     when every byte is proven and a new epoch has begun in it: a kill leaves no
//     data folder or a whole one.
//   - What was restored never goes on in the epoch of before: what that one gave
//     out behind the backup is not known here.
package backup
