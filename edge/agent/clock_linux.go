package agent

import "syscall"

const unsynchronised = 0x40 // STA_UNSYNC, adjtimex(2)

// clockSynced tells whether the kernel's clock is kept by NTP, where it says so.
func clockSynced() (synced, known bool) {
	var t syscall.Timex
	if _, err := syscall.Adjtimex(&t); err != nil {
		return false, false
	}
	return t.Status&unsynchronised == 0, true
}
