// Package printers tests label printers through the whole edge: three desks, three
// simulated printers on TCP, and everything that goes wrong with printers. The
// oracle is the printers' own paper and the events that anybody can pull.
//
// Only tests live here; they may import everything.
package printers
