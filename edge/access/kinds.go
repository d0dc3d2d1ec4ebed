package access

// Kinds lists the kinds of private records that New takes back. They are also
// the store's bucket keys: never rename one.
func Kinds() []string {
	return []string{kindSession, kindLock, kindDevice, kindBadge, kindGuest, kindAudit}
}
