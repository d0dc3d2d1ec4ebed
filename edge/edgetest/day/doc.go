// Package day proves a whole trading day from outside: the real orders of one
// day, the real edge, simulated printers and a crew that works like people do.
// What came of it is judged by the pulled events, the paper and the crew's own
// ledger, never by the edge's word.
//
// It holds tests only. DAY_SECONDS changes how long a day may take (360); DAYS=some
// leaves out days that differ from the others in size or order only.
package day
