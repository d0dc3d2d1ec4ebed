package board

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"dcedge/edge"
)

// While the floor is closed one row says so, before all else; what its epoch
// holds is not listed order by order.
func TestAClosedFloorIsTheFirstTrouble(t *testing.T) {
	b := newBoard(t, &fakeEngine{})
	since := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	held, lead := order("1", edge.StagePicking), order("2", edge.StageReceived)
	held.Held, lead.Held = edge.HeldReconcile, "lead"
	b.note(&edge.Commit{Epoch: "E2", Head: 1, Changes: []edge.Change{change(held), change(lead),
		{Table: edge.TableSite, Key: "site", Value: &edge.Site{Epoch: "E2", Closed: edge.EpochCopied, Since: since}}}})
	b.beat()
	list := b.view.troubles()
	assert.Equal(t, []string{"closed", "held"}, []string{list[0].Kind, list[1].Kind})
	assert.Len(t, list, 2)
	assert.Equal(t, Exception{Kind: "closed", ID: "E2", Reason: edge.EpochCopied, Since: since}, list[0])
	assert.Equal(t, "2", list[1].Order)

	b.note(&edge.Commit{Epoch: "E2", Head: 2, Changes: []edge.Change{{Table: edge.TableSite, Key: "site", Value: &edge.Site{Epoch: "E2"}}}})
	b.beat()
	list = b.view.troubles()
	assert.Len(t, list, 2, "open again, what is not sure is listed")
	assert.Equal(t, edge.HeldReconcile, list[0].Reason)
}
