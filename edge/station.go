package edge

import "strings"

const stationWorker = "station:"

// StationWorker stands in the place of a worker in what a fixed device of a
// station read while nobody was logged in there: the event names the place.
func StationWorker(station string) string { return stationWorker + station }

// IsStation tells that a worker's id is one of StationWorker.
func IsStation(worker string) bool { return strings.HasPrefix(worker, stationWorker) }
