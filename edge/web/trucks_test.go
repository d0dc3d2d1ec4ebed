package web

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// loadedSite has a truck with two boxes, one of which bears names that a
// spreadsheet would run, and a box that stayed behind.
func loadedSite(t *testing.T, change ...func(*Config, *Deps)) (*site, string) {
	s := newSite(t, change...)
	at := s.e.clock
	row := func(table, key string, v any) edge.Change { return edge.Change{Table: table, Key: key, Value: v} }
	s.e.commit(&edge.Commit{Epoch: "ep", Head: 7, Changes: []edge.Change{
		row(edge.TableTrucks, "D1/1", &edge.Truck{ID: "D1/1", Dock: "D1", Carrier: "cj", Trip: "=T1", Vehicle: "4821", Boxes: []string{"b1", "b2"}, Closed: true,
			Opened: at.Add(-time.Hour), At: at, Missing: []edge.Missing{{Box: "b3", LastSeen: "lane-2", Since: at}}, Reason: "full"}),
		row(edge.TableBoxes, "b1", &edge.Box{ID: "b1", Client: "default", Order: "=HYPERLINK(\"x\")", Carrier: "cj", Waybill: "6894", N: 1, Of: 2,
			Items: []edge.BoxItem{{Line: "1", SKU: "s", Quantity: 3}}}),
		row(edge.TableBoxes, "b2", &edge.Box{ID: "b2", Client: "@c", Order: "a,\"b\"\nc", Carrier: "cj", Waybill: "6895", N: 1, Container: "RC-1", Collected: true}),
		row(edge.TableSite, edge.CasePrefix+"D1/1", &edge.Case{ID: "D1/1", Kind: edge.CaseUncollected, Units: 1, Since: at}),
	}})
	lead := s.login("L-001", "135790")
	require.Eventually(t, func() bool { _, there := s.b.Case("D1/1"); return there }, 30*time.Second, time.Millisecond)
	return s, lead
}

// The standard library's reader is the judge of the manifest.
func TestManifestIsInertCSV(t *testing.T) {
	s, lead := loadedSite(t)
	status, h, body := s.do("GET", "/site/v1/trucks/D1%2F1/manifest.csv", lead, "")
	require.Equal(t, 200, status, body)
	assert.Equal(t, `attachment; filename="manifest-D1_1.csv"`, h.Get("Content-Disposition"))
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 3)
	assert.Equal(t, manifestColumns(), rows[0])
	assert.Equal(t, []string{"D1/1", "cj", "'=T1", "", "6894", "b1", `'=HYPERLINK("x")`, "default", "1", "2", "3", "", ""}, rows[1])
	assert.Equal(t, []string{"D1/1", "cj", "'=T1", "RC-1", "6895", "b2", `a,"b" c`, "'@c", "1", "", "0", "", ""}, rows[2])
	assert.Equal(t, 3, strings.Count(body, "\r\n"), "RFC 4180 ends its lines so")
	assert.False(t, strings.HasPrefix(body, "\ufeff"))

	_, _, marked := s.do("GET", "/site/v1/trucks/D1%2F1/manifest.csv?bom=1", lead, "")
	assert.Equal(t, "\ufeff"+body, marked)
	status, _, body = s.do("GET", "/site/v1/trucks/D1%2F1/manifest.csv?bom=yes", lead, "")
	assert.Equal(t, 400, status)
	assert.Equal(t, "fieldType", code(t, body))
	status, _, _ = s.do("GET", "/site/v1/trucks/D9/manifest.csv", lead, "")
	assert.Equal(t, 404, status)
}

// lateHistory stores one more box in the very moment in which a question asks how
// far the log is.
type lateHistory struct{ store func() }

func (h *lateHistory) Head() (uint64, string) { h.store(); return 8, "" }

func (h *lateHistory) DigestAt(uint64) (string, error) { return "", nil }

// TestAManifestIsWhole: a box that was loaded right before is on it. What the board
// shows comes a moment later than what is stored.
func TestAManifestIsWhole(t *testing.T) {
	late := &lateHistory{}
	s, lead := loadedSite(t, func(_ *Config, d *Deps) { d.History = late })
	late.store = func() {
		s.e.commit(&edge.Commit{Epoch: "ep", Head: 8, Changes: []edge.Change{
			{Table: edge.TableTrucks, Key: "D1/1", Value: &edge.Truck{ID: "D1/1", Dock: "D1", Carrier: "cj", Boxes: []string{"b1", "b2", "b4"}}},
			{Table: edge.TableBoxes, Key: "b4", Value: &edge.Box{ID: "b4", Client: "default", Order: "o4", Carrier: "cj", Waybill: "6897", N: 1}}}})
	}
	status, _, body := s.do("GET", "/site/v1/trucks/D1%2F1/manifest.csv", lead, "")
	require.Equal(t, 200, status)
	assert.Contains(t, body, ",6897,b4,o4,")
	late.store = func() {}
	_, _, body = s.do("GET", "/site/v1/trucks/D1%2F1", lead, "")
	assert.Contains(t, body, `"b4"`)
}

func TestTrucksAreListed(t *testing.T) {
	s, lead := loadedSite(t)
	_, _, body := s.do("GET", "/site/v1/trucks", lead, "")
	var list struct {
		Items []struct {
			ID, Trip, Vehicle, Closed, Reason             string
			Loaded, Missing, Collected, Containers, Extra int
		}
	}
	require.NoError(t, json.Unmarshal([]byte(body), &list))
	require.Len(t, list.Items, 1)
	it := list.Items[0]
	assert.Equal(t, []any{"D1/1", "4821", "full", 2, 1, 1, 1, 0}, []any{it.ID, it.Vehicle, it.Reason, it.Loaded, it.Missing, it.Collected, it.Containers, it.Extra})
	assert.True(t, strings.HasSuffix(it.Closed, "+09:00"), it.Closed)

	status, _, body := s.do("GET", "/site/v1/trucks/D1%2F1", lead, "")
	require.Equal(t, 200, status)
	for _, want := range []string{`"box":"b1"`, `"container":"RC-1"`, `"behind":[{"box":"b3","lastSeen":"lane-2"`} {
		assert.Contains(t, body, want)
	}
	assert.NotContains(t, body, "ref-secret")
}

// A case is on the lead's list with nobody as its owner; who takes it, and why it
// was closed, goes to the audit trail.
func TestALeadOwnsAndClosesACase(t *testing.T) {
	s, lead := loadedSite(t)
	_, _, body := s.do("GET", "/site/v1/exceptions", lead, "")
	assert.Contains(t, body, `"kind":"uncollected"`)
	status, _, body := s.do("POST", "/site/v1/cases/D1%2F1/own", lead, `{"owner":"nobody-here"}`)
	assert.Equal(t, 400, status, body)
	status, _, body = s.do("POST", "/site/v1/cases/D1%2F1/close", lead, `{}`)
	assert.Equal(t, 400, status, "a reason is asked")
	assert.Equal(t, "fieldMissing", code(t, body))
	status, _, _ = s.do("POST", "/site/v1/cases/D9/own", lead, `{}`)
	assert.Equal(t, 404, status)
	assert.NotContains(t, s.e.recorded(), "case.", "nothing of what was refused")

	status, _, body = s.do("POST", "/site/v1/cases/D1%2F1/own", lead, `{}`)
	require.Equal(t, 200, status, body)
	assert.Contains(t, s.e.recorded(), `"what":"case.own","who":"lead-1","of":"D1/1"`)
	status, _, body = s.do("POST", "/site/v1/cases/D1%2F1/close", lead, `{"reason":"settled"}`)
	require.Equal(t, 200, status, body)
	assert.Contains(t, s.e.recorded(), `"what":"case.close","who":"lead-1","of":"D1/1"`)
}

// papers is a printer of documents.
type papers struct {
	err  error
	last ManifestPaper
}

func (p *papers) PrintPickList(PickPaper) error { return p.err }

func (p *papers) PrintManifest(m ManifestPaper) error {
	p.last = m
	return p.err
}

// TestManifestIsPrinted: on the printer of documents, by a lead, on record; a
// printer that cannot is told as such.
func TestManifestIsPrinted(t *testing.T) {
	s, lead := loadedSite(t)
	const path = "/site/v1/trucks/D1%2F1/manifest/print"
	status, _, body := s.do("POST", path, lead, `{"print":"ko"}`)
	assert.Equal(t, 409, status, "no printer at all")
	assert.Equal(t, "noPapers", code(t, body))
	p := &papers{}
	s.s.deps.Papers = p
	status, _, body = s.do("POST", path, lead, `{"print":"ko"}`)
	require.Equal(t, 200, status, body)
	assert.JSONEq(t, `{"sent":1}`, body)
	assert.Equal(t, []any{"ko", "ICN1", "D1/1", 2}, []any{p.last.Language, p.last.Site, p.last.Truck.ID, len(p.last.Truck.Boxes)})
	_, _, body = s.do("GET", "/site/v1/audit", lead, "")
	assert.Contains(t, body, "manifest.print")
	p.err = ErrNoPapers
	status, _, _ = s.do("POST", path, lead, `{"print":"ko"}`)
	assert.Equal(t, 409, status)
	for _, in := range []string{`{}`, `{"print":"fr"}`, `{"print":1}`} {
		status, _, body = s.do("POST", path, lead, in)
		assert.Equal(t, 400, status, in)
		assert.Equal(t, "fieldType", code(t, body))
	}
	status, _, _ = s.do("POST", "/site/v1/trucks/D9/manifest/print", lead, `{"print":"ko"}`)
	assert.Equal(t, 404, status)
	status, _, _ = s.do("POST", path, s.login("W-001", ""), `{"print":"ko"}`)
	assert.Equal(t, 403, status)
}

// TestWhatStaysBehindHasAnOwner: the boxes that a truck left without stand on the
// lead's list until a lead who took them says what became of them; it is on record.
func TestWhatStaysBehindHasAnOwner(t *testing.T) {
	s, lead := loadedSite(t)
	s.e.commit(&edge.Commit{Epoch: "ep", Head: 8, Changes: []edge.Change{
		{Table: edge.TableBoxes, Key: "b3", Value: &edge.Box{ID: "b3", Client: "default", Order: "o3", Carrier: "cj", Waybill: "6896", N: 1, Seen: "lane-2"}},
		{Table: edge.TableOrders, Key: "default\x00o3", Value: &edge.Order{ID: "o3", Client: "default", Carrier: "cj", Stage: edge.StagePacked}}}})
	row := func() string {
		_, _, body := s.do("GET", "/site/v1/exceptions", lead, "")
		var list struct{ Items []json.RawMessage }
		require.NoError(t, json.Unmarshal([]byte(body), &list))
		for _, item := range list.Items {
			if strings.Contains(string(item), `"kind":"leftBehind"`) {
				return string(item)
			}
		}
		return ""
	}
	require.Eventually(t, func() bool { return row() != "" }, 30*time.Second, time.Millisecond)
	assert.Contains(t, row(), `"box":"b3","lastSeen":"lane-2"`)
	assert.Contains(t, row(), `"order":"o3"`)
	status, _, _ := s.do("POST", "/site/v1/trucks/D1%2F1/behind/own", lead, "{}")
	assert.Equal(t, 204, status)
	assert.Contains(t, row(), `"owner":"lead-1"`)
	status, _, body := s.do("POST", "/site/v1/trucks/D1%2F1/behind/close", lead, "{}")
	assert.Equal(t, []any{400, "fieldMissing"}, []any{status, code(t, body)}, "with a reason only")
	status, _, _ = s.do("POST", "/site/v1/trucks/D1%2F1/behind/close", lead, `{"reason":"lost"}`)
	assert.Equal(t, 204, status)
	assert.Empty(t, row())
	status, _, _ = s.do("POST", "/site/v1/trucks/D1%2F1/behind/own", lead, "{}")
	assert.Equal(t, 404, status, "it is not on the list any more")
	_, _, body = s.do("GET", "/site/v1/audit?kind=truck", lead, "")
	assert.Regexp(t, `"what":"behind.close","who":"lead-1","of":"D1/1".*"reason":"lost".*"what":"behind.own","who":"lead-1","of":"D1/1"`, body)
}
