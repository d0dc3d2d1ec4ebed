// Command bench measures the figures of docs/figures.md for `make bench`: each
// beside its limit in the same run, as medians over interleaved rounds with
// their spread, written as Markdown. It asserts nothing.
//
// It drives the built bin/edge in processes of its own, as a PDA, a WMS and an
// operator would; only the folder with millions of events is grown in-process,
// by the real engine, journal and store under a clock that runs fast. `bench
// echo` is the limit of the socket: a bare gorilla echo that appends and
// flushes each frame with the same group loop.
//
// It may import the standard library, gorilla/websocket, edge, edge/catalogue,
// edge/engine, edge/floor, edge/journal and edge/store.
//
// Invariants: everything lies in a folder of its own under -dir, which goes at
// the end; every process that it starts ends with it; latencies of an open loop
// count from the instant at which the scan was due.
package main
