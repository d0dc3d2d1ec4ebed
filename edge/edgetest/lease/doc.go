// Package lease proves I3 on the real engine, journal and store: a number exists
// once. Eight desks take a lease of a thousand numbers to its end while the power
// is cut and the process killed over and over; what was told or printed outside
// is kept outside, and every number is found in the events of exactly one box.
//
// It holds tests only. The negative control is a disk that lies about flushes.
package lease
