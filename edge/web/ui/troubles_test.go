package ui

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestEveryTroubleCanBeSeen: the worst stand there, and a button shows the rest.
func TestEveryTroubleCanBeSeen(t *testing.T) {
	f := newFake(t)
	var rows []string
	for n := range 17 {
		rows = append(rows, fmt.Sprintf(`"held:O-%d":{"kind":"held","id":"O-%d","order":"O-%d","since":"2026-11-21T08:00:%02dZ"}`, n, n, n, n))
	}
	f.board = `{"t":"snapshot","n":1,"edgeTime":"NOW","site":"ICN1","items":{"head":{"":{"head":1,"open":17,"orders":17}},"exceptions":{` + strings.Join(rows, ",") + `}}}`
	f.rest["/site/v1/kpi"] = `{"items":[]}`
	b := leadPage(t, f.server.URL, "/lead", 1440, 900)
	b.wait("document.querySelector('.lead[data-live=yes]')")
	b.speak("en")
	b.goTo("/lead")
	b.wait("document.querySelectorAll('#trouble ol > li').length === 12")
	assert.Equal(t, "Show all 17", b.text("#trouble [data-action=troubles]"))
	b.shot("lead-troubles")
	b.click("#trouble [data-action=troubles]")
	b.wait("document.querySelectorAll('#trouble ol > li').length === 17")
	assert.Contains(t, b.text("#trouble ol > li:last-child"), "O-16")
	b.click("#trouble [data-action=troubles]")
	b.wait("document.querySelectorAll('#trouble ol > li').length === 12")
}
