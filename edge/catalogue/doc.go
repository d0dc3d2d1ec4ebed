// Package catalogue holds what the site knows and no scan changes: clients,
// workers, SKUs and their codes, locations, totes, docks, box types, carriers,
// trips.
//
// A Snapshot is immutable: the engine reads one without a lock and swaps it at
// a batch boundary. An Edit makes the next one by copying only the shards that
// it touches, so a push of a thousand SKUs does not copy a hundred thousand.
//
// It imports the standard library and edge.
package catalogue
