// Package bench measures the engine: closed-loop scanners that pick orders
// through the real engine, journal and store, and beside it a raw loop that
// appends as many bytes per message and flushes them, with the same queue and
// the same come-back window.
//
// It composes the parts like edge/agent does; of the house it imports edge,
// edge/catalogue, edge/engine, edge/floor, edge/journal, edge/plan and edge/store.
package bench
