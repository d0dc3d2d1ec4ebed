package web

import (
	"testing"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"

	"dcedge/edge"
)

// A refused article is told with its name, also where the screen does not show it;
// nothing else is.
func TestRefusedArticleHasItsName(t *testing.T) {
	s := newSite(t)
	p := s.greet(s.login("W-001", ""))
	want := map[string]any{"sku": "85123A", "name": map[string]any{"ko": "화이트 랜턴"}, "variant": map[string]any{"ko": "블랙 / L"}}
	for n, c := range []struct {
		v    edge.Verdict
		want any
	}{
		{edge.Verdict{Code: edge.Wrong, Say: edge.Says("pick.wrongItem", edge.T("expected", "A"), edge.T("scanned", "85123A"))}, want},
		{edge.Verdict{Code: edge.Over, Say: edge.Says("pack.over", edge.T("scanned", "85123A"), edge.N("remaining", 0))}, want},
		{edge.Verdict{Code: edge.Unexpected, Say: edge.Says("scan.unexpected", edge.T("kind", "item"), edge.T("scanned", "85123A"))}, want},
		{edge.Verdict{Code: edge.Unexpected, Say: edge.Says("scan.unexpected", edge.T("kind", "location"), edge.T("scanned", "85123A"))}, nil},
		{edge.Verdict{Code: edge.Wrong, Say: edge.Says("pick.wrongItem", edge.T("scanned", "NONE"))}, nil},
		{edge.Verdict{OK: true, Code: edge.OK, Say: edge.Says("pack.item", edge.T("scanned", "85123A"))}, nil},
	} {
		s.e.mu.Lock()
		s.e.answer = func(*edge.Message) edge.Verdict { return c.v }
		s.e.mu.Unlock()
		p.send(websocket.TextMessage, scanBody(n+1, "A"))
		assert.Equal(t, c.want, p.read()["article"], c.v.Say.Key)
	}
}
