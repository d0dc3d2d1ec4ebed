package devices

import "time"

// Together is how long to wait for the next of the instants that lie every apart, the
// same ones for all devices: more than nothing, and at most every. What each device
// does now and then is done by all of them at once, and the process is woken once.
func Together(every time.Duration) time.Duration {
	now := time.Now()
	return now.Truncate(every).Add(every).Sub(now)
}
