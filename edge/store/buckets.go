package store

import "dcedge/edge"

const (
	formatVersion = 1

	bucketMeta      = "meta"
	bucketOutcomes  = "outcomes"  // verdicts, in blocks ordered by the ids' own time
	bucketPrivates  = "privates"  // kind NUL key -> newest value
	bucketCatalogue = "catalogue" // kind NUL key -> record
	bucketClosed    = "closed"    // key of an order -> how it ended, for ever
	bucketUndo      = "undo"      // what a half-written generation has overwritten

	keyFormat    = "format"
	keyEpoch     = "epoch"
	keyMark      = "mark"
	keyReference = "reference"
	tallyPrefix  = "tally/"
)

// stateTables lists the tables of the floor's state; each is a bucket.
func stateTables() []string {
	return []string{edge.TableOrders, edge.TableTotes, edge.TableBoxes, edge.TableWork, edge.TableWorkers,
		edge.TableAttempts, edge.TableTrucks, edge.TableLeases, edge.TableWaybills, edge.TablePrinters,
		edge.TableReturns, edge.TableSite}
}

// bounded lists the buckets that are checked whole when the store is opened:
// their size is that of open work, catalogue and 72 hours, never of history. The
// outcomes are among them because a lost key there would be no error but an
// answer: a message sent again would be decided as new.
func bounded() []string {
	return append(stateTables(), bucketPrivates, bucketCatalogue, bucketUndo, bucketOutcomes)
}

// every lists all buckets but meta.
func every() []string { return append(bounded(), bucketClosed) }

func joined(a, b string) []byte {
	out := make([]byte, 0, len(a)+1+len(b))
	return append(append(append(out, a...), 0), b...)
}
