// Package engine is the one writer of the floor: a single goroutine that
// drains its queue and decides every message by the rules of edge/floor, in
// rounds. A second goroutine appends the events of a whole round to the journal
// with one flush, and only then answers, hands the changes to the store and
// tells the subscribers; meanwhile the next round is decided on top of it. At
// most one round is on its way to the disk.
//
// Per message: known id? -> its own time within bounds? -> Decide -> stamp ->
// Apply -> screen and rev -> event lines, private records and one outcome.
//
// It imports the standard library, edge, edge/catalogue, edge/floor,
// edge/journal and the types of edge/store.
//
// Invariants:
//
//   - Shown means stored (I1): no verdict, screen, commit or read shows what is
//     not flushed. A flush that fails is an unknown: nobody gets a verdict and
//     Run ends with an error; the process must end and start again.
//   - One message, one decision (I2): a known id gets the same answer again and
//     causes nothing. Ids decided since this start or in the last hour are in
//     memory; older ones are looked up in the store by the submitting
//     goroutine, never by the engine's.
//   - Verdicts of one submitting goroutine come in the order of its messages.
//   - Edge time never goes back.
//   - A rule that panics refuses its message (`internal`), leaves the state as
//     it was, and its input is kept for study.
//   - Practice is decided by the same rules on a state of its own. Its events are
//     journalled and marked, its ids and receipts are as good as any, and of the
//     real state they move nothing but the count of events. That state begins
//     anew with each start.
//   - A full disk refuses (ErrFull) and keeps reads going; a store that is far
//     behind makes the engine wait.
package engine
