package web

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// audited asks for lines and gives them as "what who order".
func audited(t *testing.T, s *site, token, query string) (lines []string, next string) {
	t.Helper()
	status, _, body := s.do("GET", "/site/v1/audit"+query, token, "")
	require.Equal(t, 200, status, body)
	var v auditView
	require.NoError(t, json.Unmarshal([]byte(body), &v))
	for _, l := range v.Items {
		lines = append(lines, strings.TrimSpace(l.What+" "+l.Who+" "+l.Order))
	}
	return lines, v.Next
}

// What leads did and what the floor did past a rule stand in one list, the newest
// first; it can be asked by person, kind and order, and paged without a gap.
func TestAuditIsOneList(t *testing.T) {
	s := newSite(t)
	lead, auditor := s.login("L-001", "135790"), s.login("U-001", "")
	status, _, body := s.do("POST", "/site/v1/orders/536365/hold", lead, `{"id":"`+newID(1)+`","reason":"payment"}`)
	require.Equal(t, 200, status, body)
	later := s.e.clock.Add(time.Hour)
	s.e.commit(&edge.Commit{Epoch: "ep", Head: 9, Events: []edge.Event{
		{Seq: 8, At: later, Type: edge.EvStep, Worker: "w-1", Device: "pack-4", Client: "default", Order: "536370",
			Data: &edge.StepConfirmed{Kind: "override", What: "w-9", Box: "B-1", Reason: "checked"}},
		{Seq: 9, At: later, Type: edge.EvLocation, Worker: "w-2", Client: "default", Order: "536370", Data: &edge.LocationConfirmed{Location: "C08-21-3", Typed: true}}}})
	require.Eventually(t, func() bool { list, _, _ := s.b.Deeds(); return len(list) == 2 }, 5*time.Second, time.Millisecond)

	hold := "order.hold lead-1 536365"
	all, next := audited(t, s, auditor, "")
	assert.Equal(t, []string{"hand.place w-2 536370", "weight.override w-1 536370", hold}, all[:3])
	assert.Contains(t, all[3], "login ")
	assert.Empty(t, next)
	for query, want := range map[string][]string{
		"?kind=acts":              all[:3],
		"?kind=hand":              {all[0]},
		"?who=w-9":                {all[1]}, // who vouched for it
		"?order=536370&kind=acts": all[:2],
		"?order=536365":           {hold},
		"?who=w-1&kind=order":     nil,
	} {
		got, _ := audited(t, s, lead, query)
		assert.Equal(t, want, got, query)
	}
	var paged []string
	for before := ""; ; before = "&before=" + next {
		var page []string
		page, next = audited(t, s, lead, "?limit=1"+before)
		paged = append(paged, page...)
		if next == "" {
			break
		}
	}
	assert.Equal(t, all, paged)
	status, _, body = s.do("GET", "/site/v1/audit?before=x", lead, "")
	assert.Equal(t, 400, status, body)
	_, _, body = s.do("GET", "/site/v1/audit?who=w-1&kind=label", lead, "")
	assert.Contains(t, body, `"lead":"w-9"`)
	assert.Contains(t, body, `"device":"pack-4","reason":"checked"`)
}
