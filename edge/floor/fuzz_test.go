package floor_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/floor"
)

// FuzzScan holds that any bytes from a scanner get a verdict of the contract at
// every step, and one event.
func FuzzScan(f *testing.F) {
	for _, s := range []string{"", "EA-1", "]C1EA-1", "]d2010123456789012810ABC\x1d21XYZ", "TOTE-00001", "TOTE-99999999999999999999", "DOCK-D1",
		"650000000000", "6500-0000-0000", "\x00\xff\xfe", "한글ㅁㅠ12", "LOC-L5\r\n", "A650000000000B"} {
		f.Add(s, "]C1")
		f.Add(s, "")
	}
	x := newSite(f)
	crew(x)
	x.record(order("o1", "cj", line{1, 2}))
	x.record(order("o2", "cj", line{2, 1}))
	x.record(order("o3", "cj", line{3, 1}))
	x.scan("p", "TOTE-00001")
	for _, tote := range []string{"TOTE-00002", "TOTE-00003"} {
		x.scan("p2", tote)
		x.follow("p2", nil)
	}
	x.scan("k", "TOTE-00002")
	x.scan("k", "EA-2")
	x.scan("k2", "TOTE-00003")
	x.scan("l", "DOCK-D1")
	f.Fuzz(func(t *testing.T, code, aim string) {
		for w, roles := range x.roles {
			d := floor.Decide(x.view(w), &edge.Message{Kind: edge.Scan, ID: x.nextID(), Worker: w, Roles: roles, Code: code, Symbology: aim})
			require.NotEmpty(t, d.Events)
			require.NotEmpty(t, d.Verdict.Say.Key)
			require.NotEqual(t, edge.Internal, d.Verdict.Code)
		}
	})
}
