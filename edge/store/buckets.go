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

// small lists the buckets that are checked whole when the store is opened:
// their size is that of open work and catalogue, never of history.
func small() []string {
	return append(stateTables(), bucketPrivates, bucketCatalogue, bucketUndo)
}

// every lists all buckets but meta.
func every() []string { return append(small(), bucketClosed, bucketOutcomes) }

func joined(a, b string) []byte {
	out := make([]byte, 0, len(a)+1+len(b))
	return append(append(append(out, a...), 0), b...)
}
