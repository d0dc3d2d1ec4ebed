// Package floor is the rules of the floor: picking (order, cluster, total), the
// put wall, packing (order, single), loading, counting and bringing goods back,
// and what the WMS changes while they go on.
//
// Decide looks at the state, the catalogue, the policy and one message, and
// says what happens as events; Apply makes the state of the events; Screen says
// what a worker sees and what is taken next. All three are pure: no clock, no
// I/O, no goroutine, no dependence on the order of a map.
//
// It imports the standard library, edge, edge/catalogue and labels/*.
//
// Invariants:
//   - Decide never changes the state; Apply reads state and event only, so a
//     replay gives the same State.Hash whatever catalogue or policy is in force.
//   - Every decided scan or act gives at least one event; a refused one gives
//     exactly one, scan.refused.
//   - Per line: wanted = picked + short + open, packed <= picked, put <= picked.
//   - A serial number of an article is on one line, as long as its order is in
//     the state and its piece did not come back good. Stock is what is known,
//     never below zero, and decides nothing but where to look and what to ask.
//   - Versions of a row share what they did not change: lines of an order,
//     OrderTerms, WorkHead, Hand and Captured are replaced, never written to.
//   - One waybill number, one box; one box, at most one live number. Carriers
//     whose numbers have one format share a space: a number is one among them all.
//   - Rows of the state are immutable once a message was accepted: the next
//     edit clones.
//
// A State belongs to one goroutine.
package floor
