// Package feedtest has an event log in memory for the tests of whoever serves
// or pulls the sync API. It imports the standard library, edge, sync/batch and
// sync/feed.
//
// Invariant: it answers feed.ErrGone and feed.ErrAhead exactly where the
// journal answers its own.
package feedtest
