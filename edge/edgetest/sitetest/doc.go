// Package sitetest starts one whole edge inside a test: the wiring of
// edge/agent with a real configuration file, data folder, listener and
// simulated printers on free ports. Tests then speak the contracts with it, as
// a WMS, a PDA or a browser would.
//
// Only tests import it; being one of their helpers it may import everything.
//
// Invariant: when the test ends, the edge and its printers have ended too.
package sitetest
